import { parse } from 'node:path'
import { type Context, Hono } from 'hono'
import { stream, streamSSE } from 'hono/streaming'
import type { session as honoSession, SessionEnv } from '../../../src/adapters/hono.ts'
import type { SessionRequest } from '../../../src/adapters/node.ts'
import type { DefaultData } from '../../../src/index.ts'
import type { AdapterApp, Answer, AppScope, RouteContext } from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import type { WebPlatform } from './web-platform.ts'

/** The adapter, and Hono's own means on the runtime. */
interface Means extends WebPlatform {
  session: typeof honoSession
}

/** An app whose session comes from its middleware, or from the Node server below it. */
type AnyEnv = SessionEnv & { Bindings: { incoming?: SessionRequest<DefaultData> } }

/** Serves apps on Hono, through a runtime's own server. */
export function serveHono(session: typeof honoSession, platform: WebPlatform): ServeApp {
  const means: Means = { ...platform, session }
  return (app) => {
    const hono = honoApp(means, app)
    return means.serve((request) => hono.fetch(request))
  }
}

/** Makes an app, with all its routes and parts. */
export function honoApp(means: Means, { onError, ...scope }: AdapterApp): Hono<AnyEnv> {
  const app = appOf(means, scope)
  if (onError !== undefined) app.onError((error, c) => answerOnHono(means, onError(error, contextOf(c)), c))
  return app
}

function appOf(means: Means, { mounts, before, routes, scopes = [] }: AppScope): Hono<AnyEnv> {
  const app = new Hono<AnyEnv>()
  for (const sessions of mounts) app.use(means.session(sessions))
  if (before !== undefined) {
    app.use((c, next) => {
      before(contextOf(c))
      return next()
    })
  }
  for (const { path, answer } of routes) {
    app.all(path, async (c) => answerOnHono(means, await answer(contextOf(c)), c))
  }
  for (const scope of scopes) app.route(scope.path, appOf(means, scope))
  return app
}

function contextOf(c: Context<AnyEnv>): RouteContext {
  return {
    get session() {
      return c.get('session') ?? c.env.incoming?.session
    },
  }
}

async function answerOnHono(means: Means, answer: Answer, c: Context): Promise<Response> {
  switch (answer.kind) {
    case 'json':
      for (const line of answer.cookies ?? []) c.header('set-cookie', line, { append: true })
      return c.json(answer.body, answer.status, answer.headers)
    case 'redirect':
      return answer.body ? c.redirect(answer.to) : c.body(null, 302, { location: answer.to })
    case 'empty':
      return c.body(null, answer.status)
    case 'file':
      return sendFile(means, c)
    case 'stream':
      return stream(c, async (body) => {
        for await (const chunk of answer.chunks) await body.write(chunk)
      })
    case 'events':
      return streamSSE(c, async (body) => {
        for await (const data of answer.events) await body.writeSSE({ data })
      })
    case 'response':
      return answer.response
  }
}

async function sendFile({ serveStatic }: Means, c: Context): Promise<Response> {
  const { dir: root, base: path } = parse(import.meta.filename)
  return (await serveStatic({ root, path })(c, () => Promise.resolve())) ?? c.notFound()
}
