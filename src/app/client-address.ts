/** The client's address as the runtimes hand it to a fetch handler's second argument, each in its own way. */
interface Surroundings {
  /** Node, through `@hono/node-server`. */
  incoming?: { socket?: { remoteAddress?: string | undefined } }
  /** Bun. */
  requestIP?: (request: Request) => { address: string } | null
  /** Deno. */
  remoteAddr?: { hostname?: string }
}

/**
 * Finds the address the request's connection comes from; `undefined` where the runtime does not tell.
 *
 * `X-Forwarded-For` and its kin are not believed: any client can send them.
 */
export function clientAddress(request: Request, env: unknown): string | undefined {
  if (typeof env !== 'object' || env === null) return undefined
  const { incoming, requestIP, remoteAddr }: Surroundings = env
  const address =
    incoming?.socket?.remoteAddress ?? requestIP?.call(env, request)?.address ?? remoteAddr?.hostname
  // A server that listens on IPv6 and IPv4 alike sees an IPv4 client under a mapped address.
  return address?.replace(/^::ffff:(?=\d+\.)/, '')
}
