import { readData } from './data-text.ts'
import type { Policy } from './policy.ts'

/**
 * Tells whether somebody has signed in: data names a user whom what it came from did not name. Not compared with the
 * session's user: who is named anew after a `regenerate()` has signed in again.
 * @param user - Whom the data names.
 * @param base - The text it came from.
 */
export function isSignIn(user: string | undefined, base: string, policy: Policy): boolean {
  return user !== undefined && user !== policy.userOf(readData(base, policy.maxBytes) ?? {})
}
