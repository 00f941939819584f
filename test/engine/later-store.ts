import { setImmediate } from 'node:timers/promises'
import type { SessionStore } from '../../src/core/store.ts'
import { type CountedStore, interceptStore } from '../../src/testing/intercept-store.ts'

/** Wraps a store so that each answer comes as a promise, a turn of the event loop later, as from a server. */
export function laterStore<S extends SessionStore>(store: S): S & CountedStore {
  return interceptStore(store, (_operation, run) => setImmediate().then(run), {})
}

/** Lets everything that is not held go as far as it can: some turns of the event loop, not a time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate()
}
