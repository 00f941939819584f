import type { CookieCarrier, HeaderCarrier } from './request-cookie.ts'
import { findHeader } from './request-header.ts'
import type { SessionCookie } from './session-cookie.ts'
import { warn } from './warning.ts'

// Any one of these was put there by something that stands in front, and may well end TLS.
const TOLD_BY_PROXIES = [
  'x-forwarded-proto',
  'x-forwarded-for',
  'forwarded',
  'via',
  'x-forwarded-host',
  'x-real-ip',
  'x-forwarded-ssl',
  'front-end-https',
  'x-arr-ssl',
]
// A web request has its whole address, in the form that `URL` gives. On Node it is a path.
const WEB_ADDRESS = /^(https?):\/\/([^/?#]+)/
// Browsers keep Secure cookies of this machine, or most do.
const LOOPBACK = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i

/**
 * Warns, once, when a cookie for HTTPS alone was handed out over plain http: browsers drop it without a word, and to
 * the server it looks as if every visitor refused cookies.
 *
 * Nothing else follows from it: whether the cookie is `Secure` is settled at the start, since any client can send the
 * headers of a proxy.
 */
export class PlainHttpWarning {
  #silent: boolean

  /** There is nothing to warn of when the cookie is not `Secure`. */
  constructor(cookie: SessionCookie) {
    this.#silent = !cookie.secure
  }

  /** Looks at a request whose response hands the cookie out. */
  look(request: CookieCarrier | null): void {
    if (this.#silent || typeof request !== 'object' || request === null) return
    try {
      if (!cameInPlain(request)) return
    } catch {
      // On Deno a request that was upgraded to a WebSocket has no headers any more. The next one will do.
      return
    }
    this.#silent = true
    warn(
      "The session cookie is for HTTPS alone, and was handed out over plain http, where browsers drop it: nobody keeps a session. Serve over HTTPS, directly or by a proxy in front; for development set NODE_ENV=development. A proxy that ends TLS and does not send 'X-Forwarded-Proto' causes this warning too, and needs nothing done.",
    )
  }
}

function cameInPlain(request: HeaderCarrier): boolean {
  const host = plainHostOf(request)
  if (host === undefined || LOOPBACK.test(host)) return false
  return TOLD_BY_PROXIES.every((name) => findHeader(request.headers, name) === undefined)
}

/** Gives the host of a request whose connection was not encrypted; `undefined` when it was, or nobody can tell. */
function plainHostOf(request: HeaderCarrier): string | undefined {
  const whole = 'url' in request && typeof request.url === 'string' ? WEB_ADDRESS.exec(request.url) : null
  if (whole !== null) return whole[1] === 'http' ? whole[2] : undefined
  if (!('socket' in request) || typeof request.socket !== 'object' || request.socket === null)
    return undefined
  if ('encrypted' in request.socket && request.socket.encrypted === true) return undefined
  // What stands for the socket of HTTP/2 no longer knows, once the client has left.
  if ('destroyed' in request.socket && request.socket.destroyed === true) return undefined
  const host = findHeader(request.headers, 'host') ?? findHeader(request.headers, ':authority')
  return typeof host === 'string' ? host : undefined
}
