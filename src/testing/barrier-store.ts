import type { Awaitable } from '../core/awaitable.ts'
import type { StoreOperation } from '../core/errors.ts'
import type { SessionStore } from '../core/store.ts'
import { type CountedStore, interceptStore } from './intercept-store.ts'

/** Which calls are held, and at which moment. */
export interface HoldOptions {
  /** Which call from now on is the first to be held: 1 is the next one. Default 1. */
  nth?: number
  /** How many calls in a row are held. The gate counts as reached when all of them stand at it. Default 1. */
  calls?: number
  /**
   * Whether a call stands still before the backend does its work or after, with only its answer held back:
   * a `get` held `'after'` has read what will be stale by the time its caller sees it. Default `'before'`.
   */
  when?: 'before' | 'after'
}

/** A barrier that calls stand at. Calls that come after `release()` pass. */
export interface Gate {
  /** Resolves when all the calls to be held stand at the gate. */
  readonly reached: Promise<void>
  /** Lets the held calls go on, in the order they came. A second release does nothing. */
  release(): void
}

/** A store whose calls can be held, so that a race is forced, not hoped for. */
export interface BarrierStore extends CountedStore {
  /** Puts a gate before (or after) coming calls of an operation. */
  hold(operation: StoreOperation, options?: HoldOptions): Gate
}

interface Hold {
  operation: StoreOperation
  /** How many calls pass before the first is held. */
  toPass: number
  /** How many more calls are held. */
  toHold: number
  when: 'before' | 'after'
  /** Reports one call at the gate, and gives what it waits for. */
  arrive(): Promise<void>
}

/**
 * Wraps a store so that chosen calls stand at a gate until they are released. It keeps the wrapped store's abilities.
 *
 * @example
 * const store = barrierStore(new MemorySessionStore())
 * const gate = store.hold('replace')
 * const slow = fetch('/write')
 * await gate.reached
 * await fetch('/logout')
 * gate.release()
 * await slow
 */
export function barrierStore<S extends SessionStore>(store: S): S & BarrierStore {
  let holds: Hold[] = []

  const hold = (operation: StoreOperation, options: HoldOptions = {}): Gate => {
    const { nth = 1, calls = 1, when = 'before' } = options
    const reached = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    let arrived = 0
    const entry: Hold = {
      operation,
      toPass: nth - 1,
      toHold: calls,
      when,
      arrive: () => {
        arrived++
        if (arrived === calls) reached.resolve()
        return released.promise
      },
    }
    holds.push(entry)
    return {
      reached: reached.promise,
      release: () => {
        holds = holds.filter((other) => other !== entry)
        released.resolve()
      },
    }
  }

  const due = (operation: StoreOperation): Hold | undefined => {
    const matching = holds.filter((candidate) => candidate.operation === operation && candidate.toHold > 0)
    const next = matching.find((candidate) => candidate.toPass === 0)
    // Holds still to come count this call too, also when another takes it: "the third call" is the third call.
    for (const candidate of matching) if (candidate.toPass > 0) candidate.toPass--
    return next
  }
  const intercept = (operation: StoreOperation, run: () => Awaitable<unknown>): Awaitable<unknown> => {
    const match = due(operation)
    if (match === undefined) return run()
    match.toHold--
    return match.when === 'before' ? match.arrive().then(run) : holdAnswer(match, run)
  }
  return interceptStore(store, intercept, { hold })
}

async function holdAnswer(hold: Hold, run: () => Awaitable<unknown>): Promise<unknown> {
  const answer = await run()
  await hold.arrive()
  return answer
}
