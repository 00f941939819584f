import { ConfigError } from './errors.ts'

/** A length of time: milliseconds, or a number with a unit such as `'90s'`, `'30m'`, `'24h'`, `'30d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SHAPE = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/

/**
 * Longest duration taken: 400 days, the longest a browser keeps a cookie.
 * @see RFC 6265bis section 5.5
 */
export const MAX_DURATION_MS: number = 400 * UNIT_MS.d

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
    `${option} is not a usable duration (got ${describe(value)}). Expected milliseconds or a text like '30m', '24h' or '30d', above zero and at most 400 days.`,
  )
}

function toMilliseconds(value: unknown): number {
  if (typeof value === 'number') return value
  const parts = typeof value === 'string' ? SHAPE.exec(value) : null
  if (!parts) return Number.NaN
  return Number(parts[1]) * UNIT_MS[parts[2] as keyof typeof UNIT_MS]
}

function describe(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? `the text '${value.slice(0, 40)}'` : typeof value
}
