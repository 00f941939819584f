import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import {
  type App,
  appendResponseHeader,
  createApp,
  createEventStream,
  createRouter,
  eventHandler,
  type H3Event,
  type Router,
  sendNoContent,
  sendRedirect,
  sendStream,
  setResponseHeaders,
  setResponseStatus,
  toNodeListener,
} from 'h3v1'
import {
  type AbstractRequest,
  type AbstractResponse,
  callNodeRequestHandler,
  fetchNodeRequestHandler,
  type NodeRequestHandler,
} from 'node-mock-http'
import type { session as nitroSession } from '../../../src/adapters/nitro.ts'
import type { Sessions } from '../../../src/index.ts'
import type { AdapterApp, Answer, AppScope, RouteContext } from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { responseOf } from './fetch.ts'
import { sendEvents } from './h3.ts'
import { listen } from './listen.ts'
import { contextOf as contextOfRequest } from './node.ts'
import type { WebPlatform } from './web-platform.ts'

type WithSession = typeof nitroSession

/** What an app of Nitro 2 is, as far as its plugins go. */
interface Nitro {
  h3App: App
  localFetch: (input: string | URL | Request, init?: RequestInit & AbstractRequest) => Promise<Response>
  localCall: (request: AbstractRequest) => Promise<AbstractResponse>
}

/** Serves apps on Nitro 2's h3 1 at its Node server. */
export function serveNitro2(session: WithSession): ServeApp {
  return (app) => listen(createServer(toNodeListener(nitroOf(session, app).h3App)))
}

/** Serves apps on it as Nitro does on Bun, Deno and Workers. */
export function serveNitro2ByFetch(session: WithSession, { serve }: WebPlatform): ServeApp {
  return (app) => {
    const nitro = nitroOf(session, app)
    return serve((request) => nitro.localFetch(pathOf(request), request))
  }
}

/** Serves apps on it as Nitro does on AWS Lambda and Netlify. */
export function serveNitro2ByCall(session: WithSession, { serve }: WebPlatform): ServeApp {
  return (app) => {
    const nitro = nitroOf(session, app)
    return serve(async (request) => {
      const asked = {
        url: pathOf(request),
        method: request.method,
        headers: Object.fromEntries(request.headers),
      }
      const { body, status, ...answer } = await nitro.localCall(asked)
      const lines = Object.entries(answer.headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((line): [string, string] => [name, String(line)]),
      )
      return new Response(bodyOf(body), { status, headers: lines })
    })
  }
}

/** Makes what Nitro 2 makes of a site: an app with one error handler, which always answers, and the ways to ask it. */
function nitroOf(session: WithSession, { onError, ...scope }: AdapterApp): Nitro {
  const h3App = createApp({
    onError: (error, event) => {
      if (onError !== undefined) return send(onError(error.cause ?? error, contextOf(event)), event)
      return send({ kind: 'json', status: 500, body: { error: error.statusCode } }, event)
    },
  })
  const router = createRouter()
  addRoutes(router, scope, '')
  h3App.use(router)
  const listener = toNodeListener(h3App)
  const handle: NodeRequestHandler = (...args) => Reflect.apply(listener, undefined, args)
  const nitro: Nitro = {
    h3App,
    localFetch: (input, init) => fetchNodeRequestHandler(handle, String(input), init),
    localCall: (request) => callNodeRequestHandler(handle, request),
  }
  mountAll(session, nitro, scope, '')
  return nitro
}

function pathOf({ url }: Request): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}

/** Gives what Nitro has collected as what a response takes. */
function bodyOf(collected: unknown): Blob | ReadableStream | null {
  if (typeof collected === 'string' || collected instanceof Uint8Array) return new Blob([collected])
  return collected instanceof Readable ? ReadableStream.from(collected) : null
}

/** Gives each request below a path its session, where the plugin does so for all of them. */
function giveSessions(session: WithSession, nitro: Nitro, sessions: Sessions, path: string): void {
  const { h3App, localFetch, localCall } = nitro
  const { handler, options } = h3App
  const scoped = { h3App: { handler, options }, localFetch, localCall }
  session(sessions)(scoped)
  const isBelow = (asked: unknown): boolean => String(asked).startsWith(`${path}/`)
  h3App.handler = async (event) => (isBelow(event.path) ? scoped.h3App.handler(event) : handler(event))
  nitro.localFetch = (input, init) => (isBelow(input) ? scoped : { localFetch }).localFetch(input, init)
  nitro.localCall = (request) => (isBelow(request.url) ? scoped : { localCall }).localCall(request)
}

/** Mounts what a scope has, around what is there: the innermost first. */
function mountAll(session: WithSession, nitro: Nitro, scope: AppScope, above: string): void {
  const path = above + scope.path
  for (const inner of scope.scopes ?? []) mountAll(session, nitro, inner, path)
  const { before } = scope
  if (before !== undefined) {
    const { handler } = nitro.h3App
    nitro.h3App.handler = async (event) => {
      if (event.path.startsWith(`${path}/`)) before(contextOf(event))
      return handler(event)
    }
  }
  for (const sessions of scope.mounts.toReversed()) giveSessions(session, nitro, sessions, path)
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
      // Where it has no server of Node's, h3's own leaves a rejection to nobody when its stream is let go of.
      return event.node.res.socket === null
        ? responseOf(answer)
        : sendEvents(answer.events, createEventStream(event))
    case 'response':
      return answer.response
  }
}
