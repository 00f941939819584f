import { parse } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono } from 'hono'
import { stream, streamSSE } from 'hono/streaming'
import { type SessionEnv, session } from '../../../src/adapters/hono.ts'
import type {
  AdapterApp,
  Answer,
  AppScope,
  RouteContext,
  ServedApp,
} from '../../../src/testing/adapter-app.ts'
import { serveFetch } from './serve-fetch.ts'

/** Serves apps on Hono, through its own server for Node. */
export function serveHono({ onError, ...scope }: AdapterApp): Promise<ServedApp> {
  const app = appOf(scope)
  if (onError !== undefined) {
    app.onError((error, c) => answerOnHono(onError(error, contextOf(c)), c))
  }
  return serveFetch((request) => app.fetch(request))
}

function appOf({ mounts, before, routes, scopes = [] }: AppScope): Hono<SessionEnv> {
  const app = new Hono<SessionEnv>()
  for (const sessions of mounts) app.use(session(sessions))
  if (before !== undefined) {
    app.use((c, next) => {
      before(contextOf(c))
      return next()
    })
  }
  for (const { path, answer } of routes) {
    app.all(path, async (c) => answerOnHono(await answer(contextOf(c)), c))
  }
  for (const scope of scopes) app.route(scope.path, appOf(scope))
  return app
}

function contextOf(c: Context<SessionEnv>): RouteContext {
  return {
    get session() {
      return c.var.session
    },
  }
}

async function answerOnHono(answer: Answer, c: Context): Promise<Response> {
  switch (answer.kind) {
    case 'json':
      for (const line of answer.cookies ?? []) c.header('set-cookie', line, { append: true })
      return c.json(answer.body, answer.status, answer.headers)
    case 'redirect':
      return answer.body ? c.redirect(answer.to) : c.body(null, 302, { location: answer.to })
    case 'empty':
      return c.body(null, answer.status)
    case 'file':
      return sendFile(c)
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

async function sendFile(c: Context): Promise<Response> {
  const { dir: root, base: path } = parse(import.meta.filename)
  return (await serveStatic({ root, path })(c, () => Promise.resolve())) ?? c.notFound()
}
