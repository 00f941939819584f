import { ConfigError } from './errors.ts'
import { shownValue } from './shown-value.ts'

/** A length of time: milliseconds, or a number with a unit such as `'90s'`, `'30m'`, `'24h'`, `'30d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SHAPE = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/

/**
 * Longest duration taken: 400 days, the longest a browser keeps a cookie.
 * @see RFC 6265bis section 5.5
 */
export const MAX_DURATION_MS: number = 400 * UNIT_MS.d

/** The longest a timer can wait, in milliseconds. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1

/**
 * Reads a duration into whole milliseconds.
 * @param option - The setting's name, for the message.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` not a duration, not above zero, or over 400 days.
 */
export function parseDuration(value: Duration, option: string): number {
  const ms = Math.round(toMilliseconds(value))
  if (ms >= 1 && ms <= MAX_DURATION_MS) return ms
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `${option} is not a usable duration (got ${shownValue(value)}). Expected milliseconds or a text like '30m', '24h' or '30d', above zero and at most 400 days.`,
  )
}

/**
 * Reads how long a session may live, which is a second at least: less would be over before the visitor's next request.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` as `parseDuration`, or under a second.
 */
export function parseLifetime(value: Duration, option: string): number {
  const ms = parseDuration(value, option)
  if (ms >= UNIT_MS.s) return ms
  const minutes =
    typeof value === 'number' ? ` Numbers are milliseconds: ${value} minutes are '${value}m'.` : ''
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `${option} is ${ms} ms, so sessions would end before the next request. Expected a second or more.${minutes}`,
  )
}

/**
 * Reads a duration that a timer is to wait for: longer ones than timers can count to become that, some 25 days. Past
 * it, timers go off at once.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` as `parseDuration`.
 */
export function parseTimeout(value: Duration, option: string): number {
  return Math.min(parseDuration(value, option), LONGEST_TIMER_MS)
}

function toMilliseconds(value: unknown): number {
  if (typeof value === 'number') return value
  const parts = typeof value === 'string' ? SHAPE.exec(value) : null
  if (!parts) return Number.NaN
  return Number(parts[1]) * UNIT_MS[parts[2] as keyof typeof UNIT_MS]
}
