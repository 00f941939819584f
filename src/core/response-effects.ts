import type { SessionCookie } from './session-cookie.ts'

/** What a session does to the response's headers. */
export interface ResponseEffects {
  /** The `Set-Cookie` line to send; `null` for none. */
  readonly setCookie: string | null
  /** Tells our `Set-Cookie` lines from the app's. No class of ours: of two versions of this package, each would refuse the other's manager. */
  readonly cookie: Pick<SessionCookie, 'owns'>
}

/** The headers of a response not sent yet, as an adapter shows them. Names are lower case. */
export interface ResponseHeaders {
  /** Gives a header's value, several lines as a list; `undefined` when it is not there. */
  get(name: string): string | readonly string[] | undefined
  /** Sets a header, in place of what is there. A list becomes several lines, never one with commas. */
  set(name: string, value: string | readonly string[]): void
  /** Removes those headers that are there. */
  remove(names: ReadonlySet<string>): void
}

// Headers by which a cache between us and the browser keeps a response whatever Cache-Control says.
const FOR_SHARED_CACHES: ReadonlySet<string> = new Set([
  'cdn-cache-control',
  'surrogate-control',
  'cloudflare-cdn-cache-control',
  'vercel-cdn-cache-control',
  'netlify-cdn-cache-control',
  'x-accel-expires',
])
const FOR_CACHES: ReadonlySet<string> = new Set([...FOR_SHARED_CACHES, 'expires'])

/**
 * Writes a session's effects into the response's headers.
 *
 * Exactly one `Set-Cookie` line is ours, the app's own stay as they are. A response that sets the cookie is
 * `no-store`, whatever the handler said: one cached copy would hand one visitor's session to all. A response
 * that depends on a session varies on `Cookie` and is `private`, since not every shared cache looks at `Vary`. What
 * it may say to one by other headers goes in both cases.
 * @see RFC 9111 section 5.2.2; RFC 6265bis section 3 (a Set-Cookie header does not prevent caching)
 */
export function applyEffects(effects: ResponseEffects, headers: ResponseHeaders): void {
  varyOnCookie(headers)
  const { setCookie, cookie } = effects
  if (setCookie === null) {
    headers.remove(FOR_SHARED_CACHES)
    makePrivate(headers)
    return
  }
  headers.remove(FOR_CACHES)
  const lines = list(headers.get('set-cookie')).filter((line) => !cookie.owns(line))
  headers.set('set-cookie', lines.length === 0 ? setCookie : [...lines, setCookie])
  headers.set('cache-control', 'no-store')
}

function varyOnCookie(headers: ResponseHeaders): void {
  const vary = joined(headers.get('vary'))
  if (vary === '') headers.set('vary', 'Cookie')
  else if (!/(?:^|,)\s*(?:cookie|\*)\s*(?:,|$)/i.test(vary)) headers.set('vary', `${vary}, Cookie`)
}

// Up to a comma, but for those in quotes: private="set-cookie, x" is one part. A quote that is not closed takes the
// rest. Nothing in it can fail behind its beginning, so that it goes once over a header of any length.
const PARTS = /(?:"(?:[^"\\]|\\.?)*"?|[^",])+/gs

/** Leaves to the browser what the handler allowed, and takes it from everybody else. */
function makePrivate(headers: ResponseHeaders): void {
  const control = joined(headers.get('cache-control'))
  if (control === '') {
    headers.set('cache-control', 'private')
    return
  }
  const parts = (control.match(PARTS) ?? []).map((part) => part.trim())
  if (parts.some((part) => /^no-store$/i.test(part))) return
  const rest = parts.filter((part) => !/^(?:public|private|s-maxage)\b/i.test(part))
  headers.set('cache-control', ['private', ...rest].join(', '))
}

function joined(value: string | readonly string[] | undefined): string {
  return typeof value === 'object' ? value.join(', ') : (value ?? '')
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}
