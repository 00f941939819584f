import type { Awaitable } from '../core/awaitable.ts'
import type { StoreOperation } from '../core/errors.ts'
import type { SessionStore } from '../core/store.ts'
import { type CountedStore, interceptStore } from './intercept-store.ts'

/** Which calls a fault hits, and at which moment. */
export interface FaultOptions {
  /** Which call from now on is hit: 1 is the next one. Default: every call until `heal()`. */
  nth?: number
  /**
   * Whether the fault comes before the backend has done its work or after: with `'after'` the work is done and
   * only the answer suffers, as with a connection cut mid-reply. Default `'before'`.
   */
  when?: 'before' | 'after'
}

/** How a call fails. */
export interface FailureOptions extends FaultOptions {
  /** What the call fails with. Default: an `Error` that says it was asked for. */
  error?: unknown
  /**
   * Whether the call throws at once or gives a promise that rejects, as most drivers do. Default `'reject'`, and
   * always so with `when: 'after'`.
   */
  how?: 'reject' | 'throw'
}

/** What a wrapped store can be told to do wrong. */
export interface FaultyStore extends CountedStore {
  /** Makes calls of an operation (`'*'`: of all) fail. */
  fail(operation: StoreOperation | '*', options?: FailureOptions): void
  /** Makes calls of an operation (`'*'`: of all) give no answer until `heal()`; they then go on where they stood. */
  stall(operation: StoreOperation | '*', options?: FaultOptions): void
  /** Makes calls of an operation (`'*'`: of all) take at least this many milliseconds of real time. */
  delay(operation: StoreOperation | '*', milliseconds: number, options?: FaultOptions): void
  /** Ends all faults and lets stalled calls go on. */
  heal(): void
}

interface Fault {
  operation: StoreOperation | '*'
  /** How many matching calls there are until it strikes, and is over; `undefined`: it strikes each one. */
  callsLeft: number | undefined
  when: 'before' | 'after'
  /** Throws, or gives what the call waits for or rejects with. */
  strike(): Promise<void>
}

/**
 * Wraps a store so that chosen calls fail, stall or come late. It keeps the wrapped store's abilities.
 *
 * @example
 * const store = faultyStore(new MemorySessionStore())
 * store.fail('replace', { nth: 2 })
 */
export function faultyStore<S extends SessionStore>(store: S): S & FaultyStore {
  let faults: Fault[] = []
  let healed = Promise.withResolvers<void>()

  const add = (operation: StoreOperation | '*', options: FaultOptions, strike: () => Promise<void>): void => {
    faults.push({ operation, callsLeft: options.nth, when: options.when ?? 'before', strike })
  }
  const members: Omit<FaultyStore, keyof CountedStore> = {
    fail(operation, options = {}) {
      const error =
        'error' in options ? options.error : new Error('The faulty store was told to fail this call.')
      add(operation, options, () => {
        if (options.how === 'throw') throw error
        return Promise.reject(error)
      })
    },
    stall(operation, options = {}) {
      add(operation, options, () => healed.promise)
    },
    delay(operation, milliseconds, options = {}) {
      add(operation, options, () => new Promise((resolve) => setTimeout(resolve, milliseconds)))
    },
    heal() {
      faults = []
      healed.resolve()
      healed = Promise.withResolvers()
    },
  }

  const due = (operation: StoreOperation): Fault | undefined => {
    const matching = faults.filter((fault) => fault.operation === '*' || fault.operation === operation)
    const next = matching.find((fault) => fault.callsLeft === undefined || fault.callsLeft <= 1)
    // Faults still to come count this call too, also when another strikes: "the third call" is the third call.
    for (const fault of matching) if (fault.callsLeft !== undefined && fault.callsLeft > 1) fault.callsLeft--
    if (next?.callsLeft !== undefined) faults = faults.filter((fault) => fault !== next)
    return next
  }
  const intercept = (operation: StoreOperation, run: () => Awaitable<unknown>): Awaitable<unknown> => {
    const fault = due(operation)
    if (fault === undefined) return run()
    if (fault.when === 'before') return fault.strike().then(run)
    return strikeAfter(fault, run)
  }
  return interceptStore(store, intercept, members)
}

async function strikeAfter(fault: Fault, run: () => Awaitable<unknown>): Promise<unknown> {
  const answer = await run()
  await fault.strike()
  return answer
}
