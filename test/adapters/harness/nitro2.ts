import { AsyncLocalStorage } from 'node:async_hooks'
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import {
  type App,
  appendResponseHeader,
  createApp,
  createError,
  createEventStream,
  createRouter,
  eventHandler,
  type H3Event,
  isError,
  type Router,
  sendNoContent,
  sendRedirect,
  sendStream,
  setResponseHeaders,
  setResponseStatus,
  toNodeListener,
} from 'h3v1'
import type { session as nodeSession } from '../../../src/adapters/node.ts'
import type { Session, Sessions } from '../../../src/index.ts'
import type { Answer, AppScope, RouteContext } from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { sendEvents } from './h3.ts'
import { listen } from './listen.ts'
import { contextOf as contextOfRequest } from './node.ts'

type WithSession = typeof nodeSession

/** Serves apps on h3 1 as Nitro 2 has it, on its Node server: an app with one error handler, which always answers. */
export function serveNitro2(session: WithSession): ServeApp {
  return ({ onError, ...scope }) => {
    const app = createApp({
      onError: (error, event) => {
        if (onError !== undefined) return send(onError(error.cause ?? error, contextOf(event)), event)
        return send({ kind: 'json', status: 500, body: { error: error.statusCode } }, event)
      },
    })
    const router = createRouter()
    addRoutes(router, scope, '')
    app.use(router)
    mountAll(session, app, scope, '')
    return listen(createServer(toNodeListener(app)))
  }
}

/** Gives each request below a path its session, as docs/frameworks/nuxt.md does for all of them. */
function giveSessions(session: WithSession, h3App: App, sessions: Sessions, path: string): void {
  const asking = new AsyncLocalStorage<Session>()
  const { handler, options } = h3App
  h3App.handler = async (event) => {
    const asker = asking.getStore()
    if (asker !== undefined) event.context.session = asker
    if (asker !== undefined || !event.path.startsWith(`${path}/`)) return handler(event)
    session(sessions, (request) => {
      event.context.session = request.session
      return asking.run(request.session, () =>
        handler(event).catch((error: Error) => options.onError?.(toH3Error(error), event)),
      )
    })(event.node.req, event.node.res)
  }
}

function toH3Error(error: Error): ReturnType<typeof createError> {
  return isError(error) ? error : Object.assign(createError(error), { unhandled: true })
}

/** Mounts what a scope has, around what is there: the innermost first. */
function mountAll(session: WithSession, app: App, scope: AppScope, above: string): void {
  const path = above + scope.path
  for (const inner of scope.scopes ?? []) mountAll(session, app, inner, path)
  const { before } = scope
  if (before !== undefined) {
    const { handler } = app
    app.handler = async (event) => {
      if (event.path.startsWith(`${path}/`)) before(contextOf(event))
      return handler(event)
    }
  }
  for (const sessions of scope.mounts.toReversed()) giveSessions(session, app, sessions, path)
}

function addRoutes(router: Router, { path, routes, scopes = [] }: AppScope, above: string): void {
  const base = above + path
  for (const route of routes) {
    router.use(
      base + route.path,
      eventHandler(async (event) => send(await route.answer(contextOf(event)), event)),
    )
  }
  for (const scope of scopes) addRoutes(router, scope, base)
}

function contextOf({ context }: H3Event): RouteContext {
  return contextOfRequest(context)
}

async function send(answer: Answer, event: H3Event): Promise<unknown> {
  switch (answer.kind) {
    case 'json':
      for (const line of answer.cookies ?? []) appendResponseHeader(event, 'set-cookie', line)
      setResponseHeaders(event, { 'content-type': 'application/json', ...answer.headers })
      setResponseStatus(event, answer.status ?? 200)
      event.node.res.end(JSON.stringify(answer.body))
      return
    case 'redirect':
      if (answer.body) return sendRedirect(event, answer.to)
      setResponseHeaders(event, { location: answer.to })
      return sendNoContent(event, 302)
    case 'empty':
      return sendNoContent(event, answer.status)
    case 'file':
      return sendStream(event, createReadStream(import.meta.filename))
    case 'stream':
      return sendStream(event, Readable.from(answer.chunks))
    case 'events':
      return sendEvents(answer.events, createEventStream(event))
    case 'response':
      return answer.response
  }
}
