import { ConfigError } from './errors.ts'
import type { OptionNames } from './option-names.ts'
import { shownValue } from './shown-value.ts'

/** What a `Set-Cookie` line may say beside name and value. */
export interface CookieAttributes {
  /** Where the cookie is sent: this path and below. Default `/`. */
  path?: string
  /** Which host and its subdomains get the cookie. Default: the answering host alone. */
  domain?: string
  /** Whether it travels over HTTPS only. Default `false`. */
  secure?: boolean
  /** Whether page scripts are kept from it. Default `false`. */
  httpOnly?: boolean
  /** Which requests from other sites carry it. Default: the browser's choice. */
  sameSite?: 'lax' | 'strict' | 'none'
  /** Whether it is kept apart per top-level site (CHIPS). Needs `secure`. Default `false`. */
  partitioned?: boolean
  /** Seconds to live; 0 removes the cookie. At most 400 days. Default: until the browser closes. */
  maxAge?: number
  /** When it ends. Default: as `maxAge` says. */
  expires?: Date
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[!#-+\--:<-[\]-~]*$/
const PATH = /^\/[ -:<-~]*$/
const DOMAIN =
  /^\.?(?=.{1,253}$)[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?(?:\.[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?)*$/
const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' } as const
const MAX_PAIR = 4096
const MAX_ATTRIBUTE = 1024
const MAX_AGE_SECONDS = 34_560_000
const AS_PARTS: OptionNames = (part) => `cookie ${part}`

/**
 * Writes one `Set-Cookie` line, and only ever a legal one: what a browser would drop or misread throws here.
 *
 * @param called - How messages call the name and the attributes. Default: `cookie name`, `cookie path` and so on.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` a name, value or attribute outside the grammar or over a browser's
 * limits; `ERR_CONFIG_INSECURE` a combination browsers refuse, such as a `__Host-` name with a domain.
 * @see RFC 6265bis section 4.1.1 (grammar), 4.1.3 (prefixes), 5.5 and 5.6 (limits)
 */
export function writeCookie(
  name: string,
  value: string,
  attributes: CookieAttributes = {},
  called: OptionNames = AS_PARTS,
): string {
  checkName(name, called('name'))
  if (typeof value !== 'string' || !VALUE.test(value)) {
    throw invalid(
      AS_PARTS('value'),
      'holds a character a cookie cannot carry; encode it first, for example with encodeURIComponent',
    )
  }
  if (name.length + value.length > MAX_PAIR) {
    throw invalid(
      AS_PARTS('value'),
      `is too long: name and value may be ${MAX_PAIR} characters together, these are ${name.length + value.length}`,
    )
  }
  checkPrefix(name, attributes)
  checkCompanions(attributes)
  return `${name}=${value}${writeAttributes(attributes, called)}`
}

function writeAttributes(attributes: CookieAttributes, called: OptionNames): string {
  const { path = '/', domain, secure, httpOnly, sameSite, partitioned, maxAge, expires } = attributes
  let line = `; Path=${legal(called('path'), path, PATH, "must begin with '/' and hold no semicolon or control character")}`
  if (domain !== undefined)
    line += `; Domain=${legal(called('domain'), domain, DOMAIN, 'must be a host name such as example.com')}`
  if (maxAge !== undefined) line += `; Max-Age=${wholeSeconds(maxAge, called('maxAge'))}`
  if (expires !== undefined) line += `; Expires=${httpDate(expires, called('expires'))}`
  if (httpOnly === true) line += '; HttpOnly'
  if (secure === true) line += '; Secure'
  if (sameSite !== undefined) {
    if (typeof sameSite !== 'string' || !Object.hasOwn(SAME_SITE, sameSite))
      throw invalid(called('sameSite'), `must be 'lax', 'strict' or 'none' (got ${shownValue(sameSite)})`)
    line += `; SameSite=${SAME_SITE[sameSite]}`
  }
  if (partitioned === true) line += '; Partitioned'
  return line
}

function checkName(name: string, called: string): void {
  if (typeof name !== 'string' || !TOKEN.test(name)) {
    throw invalid(called, "must be one or more letters, digits or any of !#$%&'*+-.^_`|~")
  }
}

function checkPrefix(name: string, { path = '/', domain, secure, httpOnly }: CookieAttributes): void {
  // Browsers match these prefixes whatever the case, so the check does too.
  const lower = name.toLowerCase()
  const host = lower.startsWith('__host-')
  const http = lower.startsWith('__http-') || lower.startsWith('__host-http-')
  if ((host || http || lower.startsWith('__secure-')) && secure !== true) {
    throw refused(`the name '${name}' needs secure: true`)
  }
  if (host && (domain !== undefined || path !== '/')) {
    throw refused(`the name '${name}' allows no domain and no path but '/'`)
  }
  if (http && httpOnly !== true) throw refused(`the name '${name}' needs httpOnly: true`)
}

function checkCompanions({ secure, sameSite, partitioned }: CookieAttributes): void {
  if (secure === true) return
  if (sameSite === 'none') throw refused("sameSite: 'none' needs secure: true")
  if (partitioned === true) throw refused('partitioned: true needs secure: true')
}

function legal(called: string, text: unknown, shape: RegExp, rule: string): string {
  if (typeof text !== 'string' || text.length > MAX_ATTRIBUTE || !shape.test(text))
    throw invalid(called, rule)
  return text
}

function wholeSeconds(maxAge: number, called: string): number {
  if (!Number.isFinite(maxAge)) throw invalid(called, 'must be a number of seconds')
  return Math.min(MAX_AGE_SECONDS, Math.max(0, Math.floor(maxAge)))
}

function httpDate(expires: Date, called: string): string {
  if (!(expires instanceof Date) || Number.isNaN(expires.getTime()))
    throw invalid(called, 'must be a valid Date')
  const year = expires.getUTCFullYear()
  if (year < 1601 || year > 9999) throw invalid(called, 'must lie between the years 1601 and 9999')
  return expires.toUTCString()
}

function invalid(called: string, rule: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', `${called} ${rule}.`)
}

function refused(rule: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INSECURE', `Browsers would drop this cookie: ${rule}.`)
}
