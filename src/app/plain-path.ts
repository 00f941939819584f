import type { IncomingMessage } from 'node:http'

// What no URL parser would change, and nothing to decode: all others go Hono's way, whose server parses or refuses them.
// The hosts are those that @hono/node-server takes as they are: a port of another form may not be a URL's, or its own default.
const PLAIN_TARGET = /^\/[!$&-;=?-[\]_a-z~]*$/
const PLAIN_HOST = /^[a-z0-9._-]+(?::(?:[1-5]\d{3,4}|[6-9]\d{3}))?$/
const SHORTEST_DOT_SEGMENT = '/.'

/**
 * Gives the path of a plain request: a GET whose target and host need no parsing; `null` of any other.
 * @see RFC 9112 section 3.2.1 (the target in origin form)
 */
export function plainPath({ method, url = '', headers: { host = '' } }: IncomingMessage): string | null {
  if (method !== 'GET' || !PLAIN_HOST.test(host)) return null
  if (!PLAIN_TARGET.test(url) || url.includes(SHORTEST_DOT_SEGMENT)) return null
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
