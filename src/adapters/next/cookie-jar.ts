import type { CookieAttributes } from '../../core/cookie-writer.ts'
import { UsageError } from '../../core/errors.ts'
import { cookieHeaderOf } from '../../core/request-cookie.ts'
import type { HeaderSource } from '../../core/request-header.ts'
import type { ResponseEffects } from '../../core/response-effects.ts'
import { readSetCookieLine } from './set-cookie-line.ts'

/** What `cookies()` of `next/headers` gives: the cookies that came, with what was changed since. */
export interface CookieJar {
  /** Gives a cookie, decoded. */
  get(name: string): { readonly value: string } | undefined
  /** Sets a cookie in the response. Throws in what is only rendered. */
  set(name: string, value: string, attributes: CookieAttributes): unknown
  /** Removes a cookie. Throws in what is only rendered. */
  delete(name: string): unknown
}

/**
 * Gives the cookies to look for a session by: those that came, as they came, so that two of one name are seen; the one in the jar
 * where it was changed by this very request, as by an action whose page is rendered right after it.
 */
export function cookieHeaderIn(jar: CookieJar, came: HeaderSource, name: string): string {
  const header = cookieHeaderOf({ headers: came }) ?? ''
  const value = jar.get(name)?.value ?? ''
  const pair = `${name}=${value}`
  if (value === '') return header.includes(pair) ? '' : header
  return header.includes(pair) ? header : pair
}

/** Writes a session's cookie into the jar. What caches are told is Next's: it lets none keep what an action answers. */
export function writeInJar(effects: ResponseEffects | null, jar: CookieJar): void {
  if (effects === null || effects.setCookie === null) return
  const { name, value, attributes } = readSetCookieLine(effects.setCookie)
  jar.set(name, value, attributes)
}

/**
 * Refuses a jar that takes no cookies.
 * @throws {UsageError} `ERR_HEADERS_SENT` Next is rendering.
 */
export function checkOpen(jar: CookieJar): void {
  // Next seals it then: all that would change it is one function that throws.
  if (jar.set !== jar.delete) return
  throw new UsageError(
    'ERR_HEADERS_SENT',
    'withSession() was called where Next lets no cookie be set: while it renders, or after the answer. Nothing was changed; call it in a server action, and await it there; use readSession() in components.',
  )
}
