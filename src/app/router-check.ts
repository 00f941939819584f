import type { Router } from 'hono/router'
import { ConfigError } from '../core/errors.ts'

/**
 * Refuses the routers of older Honos: up to 4.12.28 they find no middleware for a path that ends in an expression. Tried out,
 * since an installed version is nowhere to be read on every runtime, and package managers may only warn of one that a package does
 * not go with.
 * @param router - An empty one.
 * @throws {ConfigError} `ERR_PEER_MISSING` it would leave guards out.
 */
export function checkRouter(router: Router<boolean>): void {
  router.add('GET', '/:a{x}/*', true)
  if (router.match('GET', '/x')[0].length > 0) return
  throw new ConfigError(
    'ERR_PEER_MISSING',
    "createApp() needs hono 4.12.29 or later: the router of the one that is installed leaves out guards of paths such as '/users/:id{[0-9]+}'. Run: npm install hono@latest",
  )
}
