import type { MiddlewareHandler } from 'hono'
import type { Awaitable } from '../../../src/core/awaitable.ts'
import type { ServedApp } from '../../../src/testing/adapter-app.ts'

/** What a runtime brings for frameworks that take a web `Request`. */
export interface WebPlatform {
  /** Starts a handler on the runtime's own server. */
  serve(handler: (request: Request) => Response | Promise<Response>): Awaitable<ServedApp>
  /** Hono's own means for files on this runtime. */
  serveStatic(options: { root: string; path: string }): MiddlewareHandler
}
