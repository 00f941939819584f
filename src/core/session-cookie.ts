import { type CookieAttributes, writeCookie } from './cookie-writer.ts'
import { ConfigError } from './errors.ts'
import { adviceOn } from './foreign-options.ts'
import type { OptionNames } from './option-names.ts'
import { shownValue } from './shown-value.ts'
import { TICKET_LENGTH } from './ticket-sheet.ts'

/** How the session's cookie is named and where it goes. `HttpOnly` is always on and cannot be set. */
export interface CookieOptions {
  /** The cookie's name. Default `__Host-Http-sid` when secure, host-only and on `/`; else `sid`. */
  name?: string
  /** Whether it travels over HTTPS only. Default `true`, unless `NODE_ENV` is `development` or `test`. */
  secure?: boolean
  /** Which requests from other sites carry it: `'lax'`, `'strict'`, or `'none'`, which needs `secure`. Default `'lax'`. */
  sameSite?: 'lax' | 'strict' | 'none'
  /** The path below which it is sent. Default `'/'`. */
  path?: string
  /** The domain whose subdomains get it too. Default: the answering host alone. */
  domain?: string
  /** Whether it is kept apart per top-level site (CHIPS). Needs `secure`. Default `false`. */
  partitioned?: boolean
  /** Whether it outlives the browser's closing, for as long as the session may live at most. Default `false`. */
  persistent?: boolean
}

// Typed as a full list, so that a new option that is forgotten here does not compile.
const KNOWN: { [Option in keyof Required<CookieOptions>]: true } = {
  name: true,
  secure: true,
  sameSite: true,
  path: true,
  domain: true,
  partitioned: true,
  persistent: true,
}
/** The names of the options. */
export const COOKIE_OPTIONS: readonly string[] = Object.keys(KNOWN)
const SAFEST_NAME = '__Host-Http-sid'

/** The session's cookie: checked once, then written from a template. */
export class SessionCookie {
  /** The cookie's name. */
  readonly name: string
  /** Whether it travels over HTTPS only. */
  readonly secure: boolean
  /**
   * Where browsers keep it, beside its name: two of one name in different places are two cookies, and both are sent. Empty for one that
   * is host-only, on `/` and in no partition.
   * @see RFC 6265bis section 5.7 (name, domain and path make a cookie)
   */
  readonly place: string
  readonly #persistent: boolean
  readonly #before: string
  readonly #after: string
  readonly #cleared: string

  /**
   * Checks the options.
   * @param name - How messages call them.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` or `ERR_CONFIG_INSECURE` an unknown option, or a line that browsers would refuse.
   */
  constructor(options: CookieOptions, name: OptionNames) {
    checkOptions(options, name)
    const { secure = secureByDefault(), path = '/', domain, sameSite = 'lax' } = options
    const attributes: CookieAttributes = {
      path,
      httpOnly: true,
      secure,
      sameSite,
      ...(domain === undefined ? {} : { domain }),
      ...(options.partitioned === true ? { partitioned: true } : {}),
    }
    const hostOnly = secure && domain === undefined && path === '/'
    this.name = options.name ?? (hostOnly ? SAFEST_NAME : 'sid')
    this.secure = secure
    this.place = placeOf(path, domain, options.partitioned === true)
    this.#persistent = options.persistent ?? false
    this.#before = `${this.name}=`
    // Written once with a ticket's length, so that a name that leaves no room for one is found now.
    const longest = 'x'.repeat(TICKET_LENGTH)
    const line = writeCookie(this.name, longest, attributes, (part) => name(`cookie.${part}`))
    this.#after = line.slice(this.#before.length + TICKET_LENGTH)
    // A browser removes only the cookie it has: same name, path, domain and partition.
    this.#cleared = writeCookie(this.name, '', { ...attributes, maxAge: 0, expires: new Date(0) })
  }

  /**
   * Writes the line that hands a ticket out.
   * @param lifeMs - How long the session can live at most, in milliseconds. Used when the cookie is persistent.
   */
  set(ticket: string, lifeMs: number): string {
    const line = this.#before + ticket + this.#after
    return this.#persistent ? `${line}; Max-Age=${Math.max(0, Math.floor(lifeMs / 1000))}` : line
  }

  /** Writes the line that takes the cookie away. */
  clear(): string {
    return this.#cleared
  }

  /** Tells whether a `Set-Cookie` line is one of ours. */
  owns(line: string): boolean {
    return line.startsWith(this.#before)
  }
}

function placeOf(path: string, domain: string | undefined, partitioned: boolean): string {
  const parts = [
    ...(path === '/' ? [] : [`path=${path}`]),
    // As browsers read it: without a dot in front, in small letters.
    ...(domain === undefined ? [] : [`domain=${domain.replace(/^\./, '').toLowerCase()}`]),
    ...(partitioned ? ['partitioned'] : []),
  ]
  return parts.join('; ')
}

function secureByDefault(): boolean {
  const mode = globalThis.process?.env?.NODE_ENV
  return mode !== 'development' && mode !== 'test'
}

function checkOptions(options: CookieOptions, name: OptionNames): void {
  for (const option of Object.keys(options)) {
    if (COOKIE_OPTIONS.includes(option)) continue
    const why = adviceOn(`cookie.${option}`, name) ?? `known are ${COOKIE_OPTIONS.join(', ')}`
    throw new ConfigError('ERR_CONFIG_INVALID', `${name(`cookie.${option}`)} is not an option: ${why}.`)
  }
  for (const option of ['name', 'path', 'domain'] as const) {
    const value: unknown = options[option]
    if (value !== undefined && typeof value !== 'string') throw unlike(name, option, 'a text', value)
  }
  for (const option of ['secure', 'partitioned', 'persistent'] as const) {
    const value: unknown = options[option]
    if (value !== undefined && typeof value !== 'boolean') throw unlike(name, option, 'true or false', value)
  }
}

function unlike(name: OptionNames, option: string, expected: string, value: unknown): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `${name(`cookie.${option}`)} must be ${expected} (got ${shownValue(value)}).`,
  )
}
