import { isPromise } from '../../core/awaitable.ts'

/** The callback that a store's method answers through. */
export type AnswerCallback = (error?: unknown, value?: unknown) => void

/**
 * Calls a method of an express-session store and waits for its one answer.
 *
 * Stores answer through the callback; the newer ones also give a promise, which then may settle first and with
 * anything, so its value counts only when the method declares no callback. An answer that comes twice counts once.
 * @param takesCallback - Whether the method declares a callback.
 * @param call - Calls the method. What it throws is a failure like any other.
 */
export function answerOf(
  takesCallback: boolean,
  call: (callback: AnswerCallback) => unknown,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const returned = call((error, value) => {
      if (error) reject(error)
      else resolve(value)
    })
    if (isPromise(returned)) returned.then((value) => takesCallback || resolve(value), reject)
  })
}
