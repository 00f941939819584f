import type { CookieAttributes } from '../../core/cookie-writer.ts'

/** A `Set-Cookie` line in its parts. */
export interface SetCookieLine {
  readonly name: string
  readonly value: string
  readonly attributes: CookieAttributes
}

/**
 * Takes one of the engine's own `Set-Cookie` lines apart, for a framework that takes cookies in parts only.
 * @see RFC 6265bis section 4.1.1
 */
export function readSetCookieLine(line: string): SetCookieLine {
  const [pair = '', ...rest] = line.split('; ')
  const [name, value] = split(pair)
  const attributes: CookieAttributes = {}
  for (const part of rest) read(attributes, ...split(part))
  return { name, value, attributes }
}

function split(part: string): [name: string, value: string] {
  const at = part.indexOf('=')
  return at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
}

function read(attributes: CookieAttributes, name: string, value: string): void {
  if (name === 'Path') attributes.path = value
  else if (name === 'Domain') attributes.domain = value
  else if (name === 'Max-Age') attributes.maxAge = Number(value)
  else if (name === 'Expires') attributes.expires = new Date(value)
  else if (name === 'HttpOnly') attributes.httpOnly = true
  else if (name === 'Secure') attributes.secure = true
  else if (name === 'Partitioned') attributes.partitioned = true
  else if (name === 'SameSite') attributes.sameSite = sameSiteOf(value)
}

function sameSiteOf(value: string): 'lax' | 'strict' | 'none' {
  if (value === 'Strict') return 'strict'
  return value === 'None' ? 'none' : 'lax'
}
