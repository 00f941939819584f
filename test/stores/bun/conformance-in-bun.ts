import { test } from 'vitest'
import type { ConditionalStore } from '../../../src/core/store.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'

/** A store in Bun, opened for a case. */
interface Opened {
  store: ConditionalStore
  end: () => Promise<unknown>
}

let places = 0

/**
 * Registers the conformance suite, on two stores in Bun for each case.
 * @param open - Opens a store at a place of its own on the server, such as a table of this name.
 * @param prepare - Makes the place. Default: it needs no making.
 */
export function conformanceInBun<Of extends Opened>(
  name: string,
  open: (place: string) => Of,
  prepare?: (opened: Of) => Promise<unknown>,
): void {
  storeConformance({
    name,
    full: true,
    // Side by side: each case has a place of its own, and many do nothing but wait for a ttl to run out.
    test: test.concurrent,
    makeStore: async () => {
      const place = `sessions_${++places}`
      const [one, other] = [open(place), open(place)]
      await prepare?.(one)
      return {
        store: one.store,
        secondStore: other.store,
        close: async () => {
          await one.end()
          await other.end()
        },
      }
    },
  })
}
