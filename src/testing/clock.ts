import { type Duration, parseDuration } from '../core/duration.ts'
import { ConfigError } from '../core/errors.ts'

/** A clock that stands still until it is told to move. */
export interface TestClock {
  /** Gives the clock's time, in milliseconds since the epoch. Needs no `this`: pass it on as `now: clock.now`. */
  readonly now: () => number
  /**
   * Moves the clock and gives its new time.
   * @param by - Milliseconds or a duration such as `'5m'`. A negative number sets the clock back, as a time server may.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` it is neither; the clock has not moved.
   */
  readonly advance: (by: Duration) => number
}

/**
 * Makes a clock for tests, so that they pass time without waiting for it.
 * @param start - Its first time, in milliseconds since the epoch. Default: 2026-01-01T00:00:00Z.
 */
export function createClock(start: number = Date.UTC(2026, 0, 1)): TestClock {
  let time = start
  return {
    now: () => time,
    advance: (by) => {
      time += step(by)
      return time
    },
  }
}

// A plain number is taken as it is, not by parseDuration: a test of clock skew goes back, and by fractions.
function step(by: Duration): number {
  if (typeof by !== 'number') return parseDuration(by, 'advance')
  if (Number.isFinite(by)) return by
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `advance: expected milliseconds or a duration such as '5m', received ${by}`,
  )
}
