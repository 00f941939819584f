import { openAsBlob } from 'node:fs'
import { session } from '../../../src/adapters/fetch.ts'
import type { Session } from '../../../src/index.ts'
import type {
  AdapterApp,
  Answer,
  AppScope,
  RouteContext,
  ServedApp,
} from '../../../src/testing/adapter-app.ts'
import { serveFetch } from './serve-fetch.ts'

/** Serves apps on the fetch adapter, through a bridge to Node. */
export function serveFetchApp(app: AdapterApp): Promise<ServedApp> {
  return serveFetch((request) => handlerOf(app, '')(request, NO_SESSION))
}

type Handler = (request: Request, context: RouteContext) => Promise<Response>

const NO_SESSION: RouteContext = {
  get session(): Session {
    throw new Error('No session is mounted here.')
  },
}

function handlerOf(scope: AppScope, above: string): Handler {
  const inner = routesOf(scope, above + scope.path)
  return scope.mounts.reduceRight<Handler>(
    (handler, sessions) => (request) => session(sessions, handler)(request),
    inner,
  )
}

function routesOf({ before, routes, scopes = [] }: AppScope, base: string): Handler {
  return async (request, context) => {
    const { pathname } = new URL(request.url)
    before?.(context)
    const route = routes.find(({ path }) => base + path === pathname)
    if (route !== undefined) return responseOf(await route.answer(context))
    const scope = scopes.find(({ path }) => pathname.startsWith(`${base}${path}/`))
    return scope === undefined
      ? new Response('Not Found', { status: 404 })
      : handlerOf(scope, base)(request, context)
  }
}

async function responseOf(answer: Answer): Promise<Response> {
  switch (answer.kind) {
    case 'json': {
      const headers = new Headers(answer.headers)
      for (const line of answer.cookies ?? []) headers.append('set-cookie', line)
      return Response.json(answer.body, { status: answer.status ?? 200, headers })
    }
    case 'redirect':
      return new Response(answer.body ? 'Found' : null, { status: 302, headers: { location: answer.to } })
    case 'empty':
      return new Response(null, { status: answer.status })
    case 'file':
      return new Response(await openAsBlob(import.meta.filename))
    case 'stream':
      return new Response(bytesOf(answer.chunks))
    case 'events':
      return new Response(bytesOf(asEvents(answer.events)), {
        headers: { 'content-type': 'text/event-stream' },
      })
    case 'response':
      return answer.response
  }
}

function bytesOf(texts: AsyncIterable<string>): ReadableStream<Uint8Array> {
  return ReadableStream.from(texts).pipeThrough(new TextEncoderStream())
}

async function* asEvents(events: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const event of events) yield `data: ${event}\n\n`
}
