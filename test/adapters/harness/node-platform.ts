import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { listen } from './listen.ts'
import type { WebPlatform } from './web-platform.ts'

/** Node: web handlers on `node:http`, by way of Hono's bridge. */
export const NODE_PLATFORM: WebPlatform = {
  serve: (handler) => listen(createServer(getRequestListener(handler))),
  serveStatic,
}
