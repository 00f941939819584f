import type { SessionStore } from '../../src/core/store.ts'
import { type CountedStore, interceptStore } from '../../src/testing/intercept-store.ts'
import type { TurnScheduler } from './turn-scheduler.ts'

/** Wraps a store so that each call waits for a turn before its work, and its answer for another after. */
export function scheduledStore<S extends SessionStore>(store: S, scheduler: TurnScheduler): S & CountedStore {
  const intercept = async (operation: string, run: () => unknown): Promise<unknown> => {
    await scheduler.turn(`${operation} gets to the store`)
    const answer = await run()
    await scheduler.turn(`${operation} is answered`)
    return answer
  }
  return interceptStore(store, intercept, {})
}
