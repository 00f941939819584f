import type { Awaitable } from '../core/awaitable.ts'
import type { StoreOperation } from '../core/errors.ts'
import type { SessionStore } from '../core/store.ts'

/** How many calls a wrapped store has had of each operation. Counts go on by themselves; read them when wanted. */
export type StoreCalls = Record<StoreOperation, number>

/** What every wrapped store tells about itself. */
export interface CountedStore {
  /** How many calls the store has had of each operation, also those that failed or never came back. */
  readonly calls: StoreCalls
  /** Sets all counts to zero. */
  resetCalls(): void
}

/** Stands between the caller and one call of the wrapped store: calls `run`, now, later or never. */
export type Interceptor = (operation: StoreOperation, run: () => Awaitable<unknown>) => Awaitable<unknown>

/**
 * Wraps a store so that each call of an operation passes through `intercept`, and counts the calls.
 *
 * A proxy, not an object with every method: the wrapper then has exactly the abilities and the type of the
 * store underneath, a synchronous store stays synchronous, and a method added to the contract is not forgotten.
 */
export function interceptStore<S extends SessionStore, M extends object>(
  store: S,
  intercept: Interceptor,
  members: M,
): S & M & CountedStore {
  const calls = noCalls()
  const own = new Map<PropertyKey, unknown>()
  const proxy = new Proxy(store, {
    get(target, key) {
      if (own.has(key)) return own.get(key)
      // A call that can be held or made to fail is not what a store that says so promises.
      if (key === 'immediate') return undefined
      const member: unknown = Reflect.get(target, key, target)
      if (typeof member !== 'function' || key === 'constructor') return member
      // Called on the target itself: a class with #private fields does not know the proxy.
      return (...args: unknown[]): unknown => {
        const run = (): Awaitable<unknown> => Reflect.apply(member, target, args)
        if (!isOperation(key, calls)) return run()
        calls[key]++
        return intercept(key, run)
      }
    },
    set(_target, key, value) {
      own.set(key, value)
      return true
    },
    has: (target, key) => own.has(key) || Reflect.has(target, key),
  })
  return Object.assign(proxy, members, { calls, resetCalls: () => void Object.assign(calls, noCalls()) })
}

function noCalls(): StoreCalls {
  return {
    get: 0,
    set: 0,
    create: 0,
    replace: 0,
    touch: 0,
    destroy: 0,
    listByUser: 0,
    destroyByUser: 0,
    entries: 0,
    count: 0,
    dispose: 0,
  }
}

function isOperation(key: PropertyKey, calls: StoreCalls): key is StoreOperation {
  return Object.hasOwn(calls, key)
}
