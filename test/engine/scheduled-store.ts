import type { SessionStore } from '../../src/core/store.ts'
import { type CountedStore, interceptStore } from '../../src/testing/intercept-store.ts'
import type { TurnScheduler } from './turn-scheduler.ts'

/** When a call fails: `before` the store has done it, or `after`, so that only its answer gets lost. */
export type Failure = 'before' | 'after' | null

/**
 * Wraps a store so that each call waits for a turn before its work, and its answer for another after.
 * @param draw - Says for each call whether it fails. Default: none does.
 */
export function scheduledStore<S extends SessionStore>(
  store: S,
  scheduler: TurnScheduler,
  draw: () => Failure = () => null,
): S & CountedStore {
  const intercept = async (operation: string, run: () => unknown): Promise<unknown> => {
    const failure = draw()
    await scheduler.turn(`${operation} gets to the store`)
    if (failure === 'before') throw failed(operation, 'before it is done')
    const answer = await run()
    await scheduler.turn(`${operation} is answered`)
    if (failure === 'after') throw failed(operation, 'after it is done')
    return answer
  }
  const failed = (operation: string, when: string): Error => {
    scheduler.note(`${operation} fails, ${when}`)
    return new Error('on purpose')
  }
  return interceptStore(store, intercept, {})
}
