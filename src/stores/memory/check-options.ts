import { invalidOption, refuseUnknownOptions } from '../options.ts'

/** How messages call the store. */
export const STORE = 'MemorySessionStore'

/**
 * Checks what a memory store was given, but for its durations and its clock.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` an option is not usable, or not known.
 */
export function checkOptions(maxSessions: unknown, others: object): void {
  const count = maxSessions === Number.POSITIVE_INFINITY || Number.isSafeInteger(maxSessions)
  if (!count || Number(maxSessions) < 1) {
    const expected = 'a whole number of records above zero, or Infinity'
    throw invalidOption(STORE, 'maxSessions', expected, maxSessions)
  }
  refuseUnknownOptions(STORE, others, 'cleanupInterval, maxSessions and now')
}
