import { ConfigError } from './errors.ts'
import { findHeader, type HeaderSource } from './request-header.ts'
import { shownValue } from './shown-value.ts'

/** Anything that holds a request's headers: a web `Request`, a Node `IncomingMessage`, a socket.io handshake; or the `Cookie` header itself. */
export type CookieCarrier = string | HeaderCarrier

/** A request, as far as its headers go. */
export interface HeaderCarrier {
  /** The request's headers. */
  headers: HeaderSource
}

/**
 * Finds the `Cookie` header of a request.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` the request has no headers, or what stands in its place is no text: somebody has parsed it.
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
  const { headers }: { headers?: HeaderSource | null } = request
  if (headers === undefined || headers === null) throw withoutHeaders()
  const { cookie }: { get?: unknown; cookie?: unknown } = headers
  // Where Node has it. To look for a method first takes longer on its headers, which are of many shapes.
  return typeof cookie === 'string' ? cookie : findHeader(headers, 'cookie')
}

function withoutHeaders(): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    'What was given as a request has no headers. Hand over the request as it came, or the text of its Cookie header.',
  )
}
