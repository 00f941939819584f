import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import type { Express, NextFunction, Request, Response, Router } from 'express'
import type { session as expressSession } from '../../../src/adapters/express.ts'
import type { AdapterApp, Answer, AppScope, RouteContext } from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { listen } from './listen.ts'
import { sendEvents } from './node-answer.ts'

/** What an app is built of: `express` itself, of either version. */
interface ExpressModule {
  (): Express
  Router(): Router
}

/** A version of Express, and the adapter for it. */
interface Means {
  express: ExpressModule
  session: typeof expressSession
}

/** Serves apps on a version of Express. */
export function serveExpress(express: ExpressModule, session: typeof expressSession): ServeApp {
  return (app) => listen(createServer(build({ express, session }, app)))
}

function build(means: Means, { onError, ...scope }: AdapterApp): Express {
  const app = means.express()
  // Otherwise Express shows each error on the console.
  app.set('env', 'test')
  fill(means, app, scope)
  if (onError !== undefined) {
    app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
      void answerOnExpress(onError(error, contextOf(request)), response)
    })
  }
  return app
}

function fill(means: Means, router: Router, { mounts, before, routes, scopes = [] }: AppScope): void {
  for (const sessions of mounts) router.use(means.session(sessions))
  if (before !== undefined) {
    router.use((request, _response, next) => {
      before(contextOf(request))
      next()
    })
  }
  for (const { path, answer } of routes) {
    router.all(path, (request, response, next) => {
      handle().catch(next)

      async function handle(): Promise<void> {
        await answerOnExpress(await answer(contextOf(request)), response)
      }
    })
  }
  for (const scope of scopes) {
    const inner = means.express.Router()
    fill(means, inner, scope)
    router.use(scope.path, inner)
  }
}

function contextOf(request: Request): RouteContext {
  return {
    get session() {
      return request.session
    },
  }
}

async function answerOnExpress(answer: Answer, response: Response): Promise<void> {
  switch (answer.kind) {
    case 'json':
      for (const line of answer.cookies ?? []) response.append('Set-Cookie', line)
      response.status(answer.status ?? 200).set(answer.headers ?? {})
      response.json(answer.body)
      return
    case 'redirect':
      if (answer.body) response.redirect(answer.to)
      else response.status(302).location(answer.to).end()
      return
    case 'empty':
      response.status(answer.status).end()
      return
    case 'file':
      response.sendFile(import.meta.filename)
      return
    case 'stream':
      Readable.from(answer.chunks).pipe(response)
      return
    case 'events':
      return sendEvents(answer, response)
    case 'response':
      throw new Error('Express has no means for a web Response.')
  }
}
