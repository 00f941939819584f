import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { ServedApp } from '../../../src/testing/adapter-app.ts'
import { listen } from './listen.ts'

/** Serves a web-standard handler on Node. */
export function serveFetch(handler: (request: Request) => Response | Promise<Response>): Promise<ServedApp> {
  return listen(createServer(getRequestListener(handler)))
}
