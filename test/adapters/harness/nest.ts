import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import {
  All,
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Module,
  Next,
  Req,
  Res,
  StreamableFile,
  type Type,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { NextFunction, Request, Response } from 'express'
import type { session as expressSession } from '../../../src/adapters/express.ts'
import type { AdapterApp, Answer, AppRoute, AppScope, ServedApp } from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { getWithCookieFields, portFrom } from './listen.ts'
import { contextOf } from './node.ts'
import { answerOnNode, sendEvents } from './node-answer.ts'

/** Serves apps on NestJS, on its Express platform. */
export function serveNest(session: typeof expressSession): ServeApp {
  return (app) => start(session, app)
}

async function start(session: typeof expressSession, { onError, ...scope }: AdapterApp): Promise<ServedApp> {
  const app = await createNestApp(controllersOf(scope, ''))
  mountAll(session, app, scope, '')
  if (onError !== undefined) app.useGlobalFilters(new AnsweringFilter(onError))
  await app.listen(0, '127.0.0.1')
  const port = portFrom(app.getHttpServer().address())
  return {
    origin: `http://127.0.0.1:${port}`,
    getWithCookieFields: (path, cookies) => getWithCookieFields(port, path, cookies),
    close: () => {
      app.getHttpServer().closeAllConnections()
      return app.close()
    },
  }
}

/** Creates an app of these controllers, with nothing mounted yet. */
export function createNestApp(controllers: Type[]): Promise<NestExpressApplication> {
  class App {}
  Module({ controllers })(App)
  return NestFactory.create<NestExpressApplication>(App, { logger: false, abortOnError: false })
}

function mountAll(
  session: typeof expressSession,
  app: NestExpressApplication,
  { mounts, before, scopes = [] }: AppScope,
  base: string,
): void {
  for (const sessions of mounts) app.use(base, session(sessions))
  if (before !== undefined) {
    app.use(base, (request: Request, _response: Response, next: NextFunction) => {
      before(contextOf(request))
      next()
    })
  }
  for (const scope of scopes) mountAll(session, app, scope, base + scope.path)
}

function controllersOf({ routes, scopes = [] }: AppScope, base: string): Type[] {
  return [
    ...routes.map((route) => controllerOf(route, base)),
    ...scopes.flatMap((scope) => controllersOf(scope, base + scope.path)),
  ]
}

/**
 * Makes a controller of a route. The decorators are called by hand, since Node takes no decorator syntax.
 *
 * Nest wants to know beforehand whether a method answers by itself, and here that shows when it has run: so the
 * first method answers what only a response can, and leaves the rest to a second, which returns it.
 */
function controllerOf({ path, answer }: AppRoute, base: string): Type {
  class Route {
    async begin(request: Request, response: Response, next: NextFunction): Promise<void> {
      const given = await answer(contextOf(request))
      if (given.kind === 'redirect' && given.body) response.redirect(given.to)
      else if (given.kind === 'events') await sendEvents(given, response)
      else {
        response.locals.answer = given
        next()
      }
    }

    finish(response: Response): unknown {
      return returned(response.locals.answer, response)
    }
  }
  decorate(Route, 'begin', All(path), Req(), Res(), Next())
  decorate(Route, 'finish', All(path), Res({ passthrough: true }))
  Controller(base)(Route)
  return Route
}

/** Decorates a method and its parameters. */
export function decorate(
  { prototype }: Type,
  name: string,
  method: MethodDecorator,
  ...parameters: ParameterDecorator[]
): void {
  for (const [index, parameter] of parameters.entries()) parameter(prototype, name, index)
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)
  if (descriptor === undefined) throw new Error(`There is no method ${name}.`)
  method(prototype, name, descriptor)
}

/** Gives what a Nest method returns to be answered with. */
function returned(answer: Answer, response: Response): unknown {
  switch (answer.kind) {
    case 'json':
      for (const line of answer.cookies ?? []) response.append('Set-Cookie', line)
      response.status(answer.status ?? 200).set(answer.headers ?? {})
      return answer.body
    case 'redirect':
      response.status(302).location(answer.to)
      return undefined
    case 'empty':
      response.status(answer.status)
      return undefined
    case 'file':
      return new StreamableFile(createReadStream(import.meta.filename))
    case 'stream':
      return new StreamableFile(Readable.from(answer.chunks))
    case 'response':
      return answer.response
    case 'events':
      throw new Error('Events are sent before anything is returned.')
  }
}

/** Answers for every error as an app's `onError` says. */
class AnsweringFilter implements ExceptionFilter {
  readonly #onError: NonNullable<AdapterApp['onError']>

  constructor(onError: NonNullable<AdapterApp['onError']>) {
    this.#onError = onError
  }

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp()
    const answer = this.#onError(error, contextOf(http.getRequest<Request>()))
    await answerOnNode(answer, http.getResponse<Response>())
  }
}
Catch()(AnsweringFilter)
