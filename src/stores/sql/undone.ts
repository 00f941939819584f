import { codeOf } from '../error-code.ts'

// Less than the engine waits by default, so that it is told what went wrong, and not only that no answer came.
const GIVE_UP_AFTER_MS = 1_500
const LONGEST_PAUSE_MS = 50

/**
 * Sends a statement, and sends it again when the server says that it undid it in favour of another one: a deadlock,
 * or an isolation level that lets one of two win. Servers expect it, and nothing of the first time is left.
 *
 * Of many that wait for one row, all but one are undone in the same moment. Sent again at once they would meet again,
 * and with each turn one of them would get through: so each pauses, for a random time that grows.
 * @param codes - The driver's codes for that. Any other failure is thrown at once, and one of these after 1.5 seconds.
 */
export async function againWhenUndone<T>(codes: ReadonlySet<unknown>, send: () => Promise<T>): Promise<T> {
  let deadline: number | undefined
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      if (!codes.has(codeOf(error))) throw error
      deadline ??= performance.now() + GIVE_UP_AFTER_MS
      if (performance.now() >= deadline) throw error
    }
    const pause = Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
