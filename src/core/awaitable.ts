/** A value, or a promise of it. Stores may answer either way; a plain value keeps a whole request synchronous. */
export type Awaitable<T> = T | PromiseLike<T>

/** Tells a promise from a plain value. */
export function isPromise<T>(value: Awaitable<T>): value is PromiseLike<T> {
  // Those of Workers' RPC, which the stub of a Durable Object gives, are functions. What `then` is, is loaded, not looked
  // for with `in`, which takes twice as long where objects of many shapes come by (Node 24).
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof thenOf(value) === 'function'
  )
}

function thenOf({ then }: { then?: unknown }): unknown {
  return then
}

/**
 * Goes on with `next` now when the value is here, later when it is a promise.
 *
 * `await` would do the same in one line, and make every request on a synchronous store wait for a
 * microtask per step; this is what lets a memory store cost no promise at all.
 */
export function andThen<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromise(value) ? value.then(next) : next(value)
}

/**
 * Runs `work`, and `handle` when it fails, now or later. What `handle` does is beside the error, which goes on.
 */
export function onFailure<T>(work: () => Awaitable<T>, handle: () => void): Awaitable<T> {
  try {
    const begun = work()
    if (!isPromise(begun)) return begun
    return begun.then(undefined, (error: unknown) => {
      handle()
      throw error
    })
  } catch (error) {
    handle()
    throw error
  }
}
