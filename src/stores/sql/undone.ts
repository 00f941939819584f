import { codeOf } from './unreachable.ts'

const ATTEMPTS = 5

/**
 * Sends a statement, and sends it again when the server says that it undid it in favour of another one: a deadlock,
 * or an isolation level that lets one of two win. Servers expect it, and nothing of the first time is left.
 * @param codes - The driver's codes for that. Any other failure is thrown at once, and the fifth of these too.
 */
export async function againWhenUndone<T>(codes: ReadonlySet<unknown>, send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      if (attempt === ATTEMPTS || !codes.has(codeOf(error))) throw error
    }
  }
}
