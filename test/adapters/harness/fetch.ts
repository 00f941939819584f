import { openAsBlob } from 'node:fs'
import type { session as fetchSession } from '../../../src/adapters/fetch.ts'
import type { Session } from '../../../src/index.ts'
import type { Answer, AppScope, RouteContext } from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import type { WebPlatform } from './web-platform.ts'

type WithSession = typeof fetchSession

/** Serves apps on the fetch adapter, through a runtime's own server. */
export function serveFetchApp(session: WithSession, { serve }: WebPlatform): ServeApp {
  return (app) => serve((request) => handlerOf(session, app, '')(request, NO_SESSION))
}

type Handler = (request: Request, context: RouteContext) => Promise<Response>

const NO_SESSION: RouteContext = {
  get session(): Session {
    throw new Error('No session is mounted here.')
  },
}

function handlerOf(session: WithSession, scope: AppScope, above: string): Handler {
  const inner = routesOf(session, scope, above + scope.path)
  return scope.mounts.reduceRight<Handler>(
    (handler, sessions) => (request) => session(sessions, handler)(request),
    inner,
  )
}

function routesOf(session: WithSession, { before, routes, scopes = [] }: AppScope, base: string): Handler {
  return async (request, context) => {
    const { pathname } = new URL(request.url)
    before?.(context)
    const route = routes.find(({ path }) => base + path === pathname)
    if (route !== undefined) return responseOf(await route.answer(context))
    const scope = scopes.find(({ path }) => pathname.startsWith(`${base}${path}/`))
    return scope === undefined
      ? new Response('Not Found', { status: 404 })
      : handlerOf(session, scope, base)(request, context)
  }
}

/** Makes a web `Response` of an answer. */
export async function responseOf(answer: Answer): Promise<Response> {
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
