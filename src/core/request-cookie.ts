import { ConfigError } from './errors.ts'
import { shownValue } from './shown-value.ts'

/** Anything that holds a request's headers: a web `Request`, a Node `IncomingMessage`, a socket.io handshake; or the `Cookie` header itself. */
export type CookieCarrier = string | HeaderCarrier

/** A request, as far as its headers go. */
export interface HeaderCarrier {
  /** The request's headers. */
  headers: HeaderSource
}

/** Headers as the web keeps them, or as Node does. */
export type HeaderSource = WebHeaders | NodeHeaders

/** The headers of a web `Request`. */
export interface WebHeaders {
  /** Gives a header's value; `null` when it is not there. */
  get(name: string): string | null
}

/** The headers of a Node request. */
export interface NodeHeaders {
  /** The `Cookie` header; several lines joined with `; `. */
  cookie?: string | undefined
}

/**
 * Finds the `Cookie` header of a request.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` what stands in its place is no text: somebody has parsed it.
 */
export function cookieHeaderOf(request: CookieCarrier | null | undefined): string | null | undefined {
  const header: unknown = headerOf(request)
  if (typeof header === 'string' || header === undefined || header === null) return header
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `The Cookie header of a request must be its text (got ${shownValue(header)}). Hand over the request, or the header as it came.`,
  )
}

function headerOf(request: CookieCarrier | null | undefined): unknown {
  if (typeof request !== 'object' || request === null) return request
  const { headers } = request
  return isWeb(headers) ? headers.get('cookie') : headers.cookie
}

/** A header that a client names `get` is no function. */
function isWeb(headers: HeaderSource): headers is WebHeaders {
  const { get }: { get?: unknown; cookie?: unknown } = headers
  return typeof get === 'function'
}
