import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import Koa, { type Context, type Middleware } from 'koa'
import type { session as koaSession } from '../../../src/adapters/koa.ts'
import type {
  AdapterApp,
  Answer,
  AppScope,
  RouteContext,
  ServedApp,
} from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { listen } from './listen.ts'
import { sendEvents } from './node-answer.ts'

type SessionMiddleware = typeof koaSession

/** Serves apps on Koa. */
export function serveKoa(session: SessionMiddleware): ServeApp {
  return (app) => start(session, app)
}

function start(session: SessionMiddleware, { onError, ...scope }: AdapterApp): Promise<ServedApp> {
  const app = new Koa()
  // Otherwise Koa shows each error on the console.
  app.silent = true
  if (onError !== undefined) {
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch (error) {
        await answerOnKoa(onError(error, contextOf(ctx)), ctx)
      }
    })
  }
  app.use(middlewareOf(session, scope))
  return listen(createServer(app.callback()))
}

/** Koa has no router of its own: a part of an app is middleware that passes on what is not below its path. */
function middlewareOf(session: SessionMiddleware, scope: AppScope, above = ''): Middleware {
  const base = above + scope.path
  const inner = [...scope.mounts.map((sessions) => session(sessions)), routesOf(session, scope, base)]
  return (ctx, next) => {
    if (!ctx.path.startsWith(`${base}/`)) return next()
    const run = (at: number): Promise<unknown> =>
      Promise.resolve(inner[at]?.(ctx, () => run(at + 1)) ?? next())
    return run(0)
  }
}

function routesOf(
  session: SessionMiddleware,
  { before, routes, scopes = [] }: AppScope,
  base: string,
): Middleware {
  return async (ctx, next) => {
    before?.(contextOf(ctx))
    const route = routes.find(({ path }) => base + path === ctx.path)
    if (route !== undefined) return answerOnKoa(await route.answer(contextOf(ctx)), ctx)
    const scope = scopes.find(({ path }) => ctx.path.startsWith(`${base}${path}/`))
    return scope === undefined ? next() : middlewareOf(session, scope, base)(ctx, next)
  }
}

function contextOf(ctx: Context): RouteContext {
  return {
    get session() {
      return ctx.session
    },
  }
}

async function answerOnKoa(answer: Answer, ctx: Context): Promise<void> {
  switch (answer.kind) {
    case 'json':
      for (const line of answer.cookies ?? []) ctx.append('Set-Cookie', line)
      ctx.status = answer.status ?? 200
      ctx.set(answer.headers ?? {})
      ctx.body = answer.body
      return
    case 'redirect':
      if (answer.body) ctx.redirect(answer.to)
      else {
        ctx.status = 302
        ctx.set('location', answer.to)
        ctx.body = ''
      }
      return
    case 'empty':
      ctx.status = answer.status
      ctx.body = answer.status === 200 ? '' : null
      return
    case 'file':
      ctx.body = createReadStream(import.meta.filename)
      return
    case 'stream':
      ctx.body = Readable.from(answer.chunks)
      return
    case 'events':
      ctx.respond = false
      return sendEvents(answer, ctx.res)
    case 'response':
      ctx.body = answer.response
  }
}
