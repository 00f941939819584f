import { type Context, Elysia, sse } from 'elysia'
import type { session as fetchSession } from '../../../src/adapters/fetch.ts'
import type { Session, Sessions } from '../../../src/index.ts'
import type { AdapterApp, Answer, AppScope, RouteContext } from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { responseOf } from './fetch.ts'
import type { WebPlatform } from './web-platform.ts'

type WithSession = typeof fetchSession

/** Serves apps on Elysia, through a runtime's own server. */
export function serveElysia(session: WithSession, { serve }: WebPlatform): ServeApp {
  return (app) => serve(new App(session, app).elysia.fetch)
}

type Handle = (request: Request) => Promise<Response>

/** An app, and the session of each request that is under way in it. */
class App {
  readonly elysia = new Elysia()
  readonly #session: WithSession
  readonly #sessionOf = new WeakMap<Request, Session>()

  constructor(session: WithSession, { onError, ...scope }: AdapterApp) {
    this.#session = session
    if (onError !== undefined) {
      this.elysia.onError(({ error, request, set }) =>
        answerOnElysia(onError(error, this.#contextOf(request)), set),
      )
    }
    this.#addScope(scope, '')
  }

  #contextOf(request: Request): RouteContext {
    const sessionOf = this.#sessionOf
    return {
      get session() {
        const session = sessionOf.get(request)
        if (session === undefined) throw new Error('No session is mounted here.')
        return session
      },
    }
  }

  /** Adds what a scope has. The innermost first: of what is wrapped around an app, the last one is the outermost. */
  #addScope({ path, mounts, before, routes, scopes = [] }: AppScope, above: string): void {
    const base = above + path
    for (const scope of scopes) this.#addScope(scope, base)
    for (const route of routes) {
      this.elysia.all(base + route.path, async ({ request, set }) =>
        answerOnElysia(await route.answer(this.#contextOf(request)), set),
      )
    }
    if (before !== undefined) {
      this.#wrap(base, (handle) => (request) => {
        before(this.#contextOf(request))
        return handle(request)
      })
    }
    for (const sessions of mounts.toReversed())
      this.#wrap(base, (handle) => this.#withSession(sessions, handle))
  }

  /** Gives each request its session, as docs/frameworks/fetch.md says. */
  #withSession(sessions: Sessions, handle: Handle): Handle {
    return this.#session(sessions, (request, { session }) => {
      this.#sessionOf.set(request, session)
      return handle(request)
    })
  }

  /** Wraps the app for what is asked below a path. */
  #wrap(path: string, around: (handle: Handle) => Handle): void {
    // Elysia's types have it give a function, and not a response.
    this.elysia.wrap((next: CallableFunction) => {
      const handle: Handle = async (request) => next(request)
      const wrapped = around(handle)
      return (request: Request) =>
        new URL(request.url).pathname.startsWith(`${path}/`) ? wrapped(request) : handle(request)
    })
  }
}

async function answerOnElysia(answer: Answer, set: Context['set']): Promise<unknown> {
  switch (answer.kind) {
    case 'json':
      set.status = answer.status ?? 200
      Object.assign(set.headers, answer.headers)
      if (answer.cookies !== undefined) Object.assign(set.headers, { 'set-cookie': answer.cookies })
      return answer.body
    case 'stream':
      return answer.chunks
    case 'events':
      return asEvents(answer.events)
    default:
      return responseOf(answer)
  }
}

async function* asEvents(events: AsyncIterable<string>): AsyncGenerator<unknown> {
  for await (const data of events) yield sse({ data })
}
