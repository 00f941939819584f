import { openAsBlob } from 'node:fs'
import { createEventStream, H3, type H3Event, HTTPResponse, redirect, serve, toResponse } from 'h3'
import type { session as h3Session } from '../../../src/adapters/h3.ts'
import type {
  AdapterApp,
  Answer,
  AppScope,
  RouteContext,
  ServedApp,
} from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { getWithCookieFields } from './listen.ts'

type WithSession = typeof h3Session

/** What h3 1 and 2 send events by. */
interface EventStream {
  push(data: string): Promise<void>
  close(): Promise<void>
  send(): unknown
}

/** Serves apps on h3 2, through its own server. */
export function serveH3(session: WithSession): ServeApp {
  return (app) => startH3(h3App(session, app))
}

async function startH3(app: H3): Promise<ServedApp> {
  const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true })
  await server.ready()
  const { origin, port } = new URL(server.url ?? '')
  return {
    origin,
    getWithCookieFields: (path, cookies) => getWithCookieFields(Number(port), path, cookies),
    close: () => server.close(true),
  }
}

function h3App(session: WithSession, { onError, ...scope }: AdapterApp): H3 {
  const app = new H3({
    silent: true,
    ...(onError !== undefined && {
      onError: (error, event) => answerOnH3(onError(error.cause, contextOf(event)), event),
    }),
  })
  return addTo(app, session, scope)
}

function addTo(app: H3, session: WithSession, { mounts, before, routes, scopes = [] }: AppScope): H3 {
  for (const sessions of mounts) app.use(session(sessions, { toResponse }))
  if (before !== undefined) app.use((event) => before(contextOf(event)))
  for (const { path, answer } of routes)
    app.all(path, async (event) => answerOnH3(await answer(contextOf(event)), event))
  for (const scope of scopes) app.mount(scope.path, addTo(new H3(), session, scope))
  return app
}

function contextOf({ context }: H3Event): RouteContext {
  return {
    get session() {
      if (context.session === undefined) throw new Error('No session is mounted here.')
      return context.session
    },
  }
}

async function answerOnH3(answer: Answer, event: H3Event): Promise<unknown> {
  switch (answer.kind) {
    case 'json': {
      const { headers } = event.res
      for (const line of answer.cookies ?? []) headers.append('set-cookie', line)
      for (const [name, value] of Object.entries(answer.headers ?? {})) headers.set(name, value)
      event.res.status = answer.status ?? 200
      return answer.body
    }
    case 'redirect':
      return answer.body
        ? redirect(answer.to)
        : new HTTPResponse(null, { status: 302, headers: { location: answer.to } })
    case 'empty':
      return new HTTPResponse(null, { status: answer.status })
    case 'file':
      return openAsBlob(import.meta.filename)
    case 'stream':
      return ReadableStream.from(answer.chunks).pipeThrough(new TextEncoderStream())
    case 'events':
      return sendEvents(answer.events, createEventStream(event))
    case 'response':
      return answer.response
  }
}

/** Sends events by a stream of h3's. */
export function sendEvents(events: AsyncIterable<string>, stream: EventStream): unknown {
  void push()
  return stream.send()

  async function push(): Promise<void> {
    for await (const data of events) await stream.push(data)
    await stream.close()
  }
}
