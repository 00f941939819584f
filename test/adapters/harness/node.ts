import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { session as nodeSession } from '../../../src/adapters/node.ts'
import type { Session } from '../../../src/index.ts'
import type { AdapterApp, AppScope, RouteContext, ServedApp } from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { Http2Client } from './http2-client.ts'
import { listenHttp2 } from './http2-server.ts'
import { listen } from './listen.ts'
import { answerOnNode } from './node-answer.ts'

type WithSession = typeof nodeSession

/** Serves apps on `node:http`. */
export function serveNode(session: WithSession): ServeApp {
  return (app) => listen(createServer(listenerOf<IncomingMessage, ServerResponse>(session, app, '')))
}

/** Serves apps on the compatibility layer of `node:http2`. */
export function serveHttp2(session: WithSession): ServeApp {
  return (app) => startHttp2(session, app)
}

async function startHttp2(session: WithSession, app: AdapterApp): Promise<ServedApp> {
  const server = createHttp2Server(listenerOf<Http2ServerRequest, Http2ServerResponse>(session, app, ''))
  const listening = await listenHttp2(server)
  const client = new Http2Client(listening.origin)
  return {
    origin: listening.origin,
    fetch: (url, init) => client.fetch(url, init),
    getWithCookieFields: (path, cookies) => client.get(path, { cookie: [...cookies] }),
    close: async () => {
      client.close()
      await listening.close()
    },
  }
}

type Listener<Request, Response> = (request: Request, response: Response) => void

function listenerOf<
  Request extends IncomingMessage | Http2ServerRequest,
  Response extends ServerResponse | Http2ServerResponse,
>(session: WithSession, scope: AppScope, above: string): Listener<Request, Response> {
  const inner = routesOf<Request, Response>(session, scope, above + scope.path)
  return scope.mounts.reduceRight<Listener<Request, Response>>(
    (listener, sessions) => session<Record<string, unknown>, Request, Response>(sessions, listener),
    inner,
  )
}

function routesOf<
  Request extends IncomingMessage | Http2ServerRequest,
  Response extends ServerResponse | Http2ServerResponse,
>(
  session: WithSession,
  { before, routes, scopes = [] }: AppScope,
  base: string,
): Listener<Request, Response> {
  const inner = scopes.map((scope) => ({
    scope,
    listener: listenerOf<Request, Response>(session, scope, base),
  }))
  return async (request, response) => {
    const context = contextOf(request)
    before?.(context)
    const route = routes.find(({ path }) => base + path === request.url?.split('?', 1)[0])
    if (route !== undefined) return answerOnNode(await route.answer(context), response)
    const part = inner.find(({ scope }) => request.url?.startsWith(`${base}${scope.path}/`))
    if (part !== undefined) part.listener(request, response)
    else {
      response.statusCode = 404
      response.end()
    }
  }
}

/** Gives what a route works with, of a request that has its session as a property. */
export function contextOf(request: object): RouteContext {
  const mounted: { session?: Session } = request
  return {
    get session() {
      if (mounted.session === undefined) throw new Error('No session is mounted here.')
      return mounted.session
    },
  }
}
