import type { SessionRecord } from '../../src/core/record.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { createClock } from '../../src/testing/clock.ts'
import type { StoreUnderTest } from '../../src/testing/store-case.ts'
import { withFault } from './broken-stores.ts'

/** Whether the other client is told of a call. */
type Told = (call: keyof SessionStore, ttl: number) => boolean

/** What another client is told of when it is not told of all, and the cases that must find it. */
export const untold: Record<string, [told: Told, verdict: string]> = {
  anything: [() => false, 'other-client other-client-end other-client-replace other-client-revoke'],
  'a replace': [(call) => call !== 'replace', 'other-client-end other-client-replace'],
  'a replace that ends the record': [(call, ttl) => call !== 'replace' || ttl > 0, 'other-client-end'],
  'a revocation': [(call) => call !== 'destroyByUser', 'other-client-revoke'],
}

/** Two clients of one store, each with what it has read. Of some calls they are not told by each other. */
export function nearCaches(told: Told): () => StoreUnderTest {
  return () => {
    const clock = createClock(Date.now())
    const inner = new MemorySessionStore({ now: clock.now })
    const caches: Map<string, SessionRecord | null>[] = []
    const open = (): SessionStore => {
      const mine = new Map<string, SessionRecord | null>()
      caches.push(mine)
      const changed = (call: keyof SessionStore, ttl: number): void => {
        for (const cache of told(call, ttl) ? caches : [mine]) cache.clear()
      }
      const after = <T>(answer: T, call: keyof SessionStore, ttl = 0): T => {
        changed(call, ttl)
        return answer
      }
      return withFault(inner, clock.now, () => ({
        get: (id) => {
          if (!mine.has(id)) mine.set(id, inner.get(id))
          const found = mine.get(id) ?? null
          return found && { ...found }
        },
        set: (id, record, options) => after(inner.set(id, record, options), 'set', options.ttl),
        destroy: (id) => after(inner.destroy(id), 'destroy'),
        create: (id, record, options) => after(inner.create(id, record, options), 'create', options.ttl),
        replace: (id, record, options) => after(inner.replace(id, record, options), 'replace', options.ttl),
        touch: (id, options) => after(inner.touch(id, options), 'touch', options.ttl),
        destroyByUser: (user, options) => after(inner.destroyByUser(user, options), 'destroyByUser'),
      }))
    }
    const advance = (ms: number): void => {
      clock.advance(ms)
      for (const cache of caches) cache.clear()
    }
    return { store: open(), secondStore: open(), advance }
  }
}
