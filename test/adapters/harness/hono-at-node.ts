import { createServer, type RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { session as honoSession } from '../../../src/adapters/hono.ts'
import type { session as nodeSession } from '../../../src/adapters/node.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { honoApp } from './hono.ts'
import { listen } from './listen.ts'
import { NODE_PLATFORM } from './node-platform.ts'

/** Serves apps on Hono whose sessions are mounted at its Node server; those of a part of an app are a middleware. */
export function serveHonoAtNode(session: typeof honoSession, atNode: typeof nodeSession): ServeApp {
  return ({ mounts, ...app }) => {
    const hono = honoApp({ ...NODE_PLATFORM, session }, { ...app, mounts: [] })
    const listener = mounts.reduceRight<RequestListener>(
      (inner, sessions) => atNode(sessions, inner),
      getRequestListener(hono.fetch),
    )
    return listen(createServer(listener))
  }
}
