import { type CookieAttributes, writeCookie } from '../core/cookie-writer.ts'
import { ConfigError } from '../core/errors.ts'
import { isOptions, kindOf } from '../core/option-object.ts'
import { shownText } from '../core/shown-text.ts'
import { shownValue } from '../core/shown-value.ts'

/** The attributes of a cookie of your own, as in Express. */
export interface ResponseCookieOptions {
  /** Milliseconds to live, at most 400 days. Default: until the browser closes. */
  maxAge?: number
  /** When it ends. Default: as `maxAge` says. */
  expires?: Date
  /** The path below which it is sent. Default `'/'`. */
  path?: string
  /** The domain whose subdomains get it too. Default: the answering host alone. */
  domain?: string
  /** Whether it travels over HTTPS only. Default `false`. */
  secure?: boolean
  /** Whether page scripts are kept from it: set it for anything a thief could use. Default `false`. */
  httpOnly?: boolean
  /** Which requests from other sites carry it; `true` is `'strict'`. Default: the browser's choice, `'lax'` in most. */
  sameSite?: boolean | 'lax' | 'strict' | 'none'
  /** Whether it is kept apart per top-level site (CHIPS). Needs `secure`. Default `false`. */
  partitioned?: boolean
}

const OPTIONS = ['maxAge', 'expires', 'path', 'domain', 'secure', 'httpOnly', 'sameSite', 'partitioned']

/**
 * Writes the `Set-Cookie` line of a cookie of the app's own, its value percent-encoded.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` or `ERR_CONFIG_INSECURE` an unknown option, or a line browsers would drop.
 * @throws {TypeError} the value is no text.
 */
export function responseCookie(name: string, value: string, options: ResponseCookieOptions = {}): string {
  return writeCookie(name, encodeURIComponent(textOf(name, value)), attributesOf(options))
}

/**
 * Writes the line that takes a cookie away. It must have the path, domain and partition the cookie was set with.
 * @throws {ConfigError} as {@link responseCookie}.
 */
export function clearedCookie(name: string, options: ResponseCookieOptions = {}): string {
  return writeCookie(name, '', { ...attributesOf(options), maxAge: 0, expires: new Date(0) })
}

/** Gives the text of a value that JavaScript may have given as something else. */
function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (['number', 'bigint', 'boolean'].includes(typeof value)) return String(value)
  throw new TypeError(
    `The cookie '${shownText(name)}' needs a text (got ${shownValue(value)}). Write JSON.stringify(value), or keep it in req.session.`,
  )
}

function attributesOf(options: ResponseCookieOptions): CookieAttributes {
  if (!isOptions(options)) {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      `The options of a cookie are an object, such as { httpOnly: true } (got ${kindOf(options)}).`,
    )
  }
  const { maxAge, expires, sameSite, ...rest } = options
  const unknown = Object.keys(rest).find((option) => !OPTIONS.includes(option))
  if (unknown !== undefined) {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      `${unknown} is not an option of res.cookie(); known are ${OPTIONS.join(', ')}.`,
    )
  }
  return {
    ...rest,
    // JavaScript leaves an option out with null too: divided, it would be 0, which ends the cookie.
    ...(maxAge === undefined || maxAge === null ? {} : { maxAge: maxAge / 1000 }),
    ...(expires === undefined || expires === null ? {} : { expires }),
    ...(sameSite === undefined || sameSite === false
      ? {}
      : { sameSite: sameSite === true ? 'strict' : sameSite }),
  }
}
