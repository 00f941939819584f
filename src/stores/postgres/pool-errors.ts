/** A pool, as far as its errors go. */
export interface ErrorSource {
  /** Listens for the loss of an idle connection. */
  on(event: 'error', listener: (error: Error) => void): unknown
  /** Stops listening. */
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

/** How many stores want the errors of a pool ignored. */
const stores = new WeakMap<ErrorSource, number>()

/**
 * Has a pool's errors ignored until the function this gives is called; of many stores on one pool, until all have.
 *
 * A pool tells of an idle connection that the server closed by an `error` event, and one that nobody listens for ends
 * the process. There is nothing to do about it: the pool makes new connections by itself. It has one listener of
 * ours, however many stores there are: at the eleventh, Node would warn of a leak.
 */
export function ignorePoolErrors(pool: ErrorSource): () => void {
  const count = stores.get(pool) ?? 0
  if (count === 0) pool.on('error', ignore)
  stores.set(pool, count + 1)
  let released = false
  return () => {
    if (released) return
    released = true
    const left = (stores.get(pool) ?? 1) - 1
    stores.set(pool, left)
    if (left === 0) pool.removeListener('error', ignore)
  }
}

function ignore(): void {}
