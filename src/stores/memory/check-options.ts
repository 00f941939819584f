import { ConfigError } from '../../core/errors.ts'

/**
 * Checks what a memory store was given, but for its durations.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` an option is not usable, or not known.
 */
export function checkOptions(maxSessions: unknown, now: unknown, others: object): void {
  const count = maxSessions === Number.POSITIVE_INFINITY || Number.isSafeInteger(maxSessions)
  if (!count || Number(maxSessions) < 1) {
    throw invalid('maxSessions', 'a whole number of records above zero, or Infinity', maxSessions)
  }
  if (typeof now !== 'function') throw invalid('now', 'a function giving milliseconds since the epoch', now)
  const [name] = Object.keys(others)
  if (name !== undefined)
    throw invalid(name, 'only cleanupInterval, maxSessions and now', 'an unknown option')
}

function invalid(option: string, expected: string, received: unknown): ConfigError {
  const shown =
    typeof received === 'number' || typeof received === 'string' ? String(received) : typeof received
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `MemorySessionStore: the option ${option} cannot be used. Expected ${expected}, received ${shown}.`,
  )
}
