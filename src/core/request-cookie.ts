/** Anything that holds a request's headers: a web `Request`, a Node `IncomingMessage`, a socket.io handshake; or the `Cookie` header itself. */
export type CookieCarrier = string | { headers: HeaderSource }

/** Headers as the web and as Node keep them. */
export type HeaderSource = { get(name: string): string | null } | { cookie?: string | undefined }

/** Finds the `Cookie` header of a request. */
export function cookieHeaderOf(request: CookieCarrier): string | null | undefined {
  if (typeof request === 'string') return request
  const { headers } = request
  return 'get' in headers && typeof headers.get === 'function' ? headers.get('cookie') : cookieOf(headers)
}

function cookieOf(headers: HeaderSource): string | undefined {
  return 'cookie' in headers ? headers.cookie : undefined
}
