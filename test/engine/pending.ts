import { settle } from './later-store.ts'

/** Tells whether a promise is still open once everything that is not held has gone as far as it can. */
export async function isPending(promise: PromiseLike<unknown>): Promise<boolean> {
  let open = true
  const close = (): void => {
    open = false
  }
  promise.then(close, close)
  await settle()
  return open
}
