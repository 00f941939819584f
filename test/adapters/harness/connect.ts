import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import connect from 'connect'
import type { session as expressSession } from '../../../src/adapters/express.ts'
import type { AdapterApp, AppScope } from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { listen } from './listen.ts'
import { contextOf } from './node.ts'
import { answerOnNode } from './node-answer.ts'

/** Serves apps on Connect. */
export function serveConnect(session: typeof expressSession): ServeApp {
  return (app) => listen(createServer(build(session, app)))
}

function build(session: typeof expressSession, { onError, ...scope }: AdapterApp): connect.Server {
  const app = connect()
  fill(session, app, scope)
  if (onError !== undefined) {
    app.use((error: unknown, request: IncomingMessage, response: ServerResponse, _next: unknown) => {
      void answerOnNode(onError(error, contextOf(request)), response)
    })
  }
  return app
}

function fill(
  session: typeof expressSession,
  app: connect.Server,
  { mounts, before, routes, scopes = [] }: AppScope,
): void {
  for (const sessions of mounts) app.use(session(sessions))
  if (before !== undefined) {
    app.use((request, _response, next) => {
      before(contextOf(request))
      next()
    })
  }
  for (const { path, answer } of routes) {
    app.use(path, (request, response, next) => {
      handle().catch(next)

      async function handle(): Promise<void> {
        await answerOnNode(await answer(contextOf(request)), response)
      }
    })
  }
  for (const scope of scopes) {
    const inner = connect()
    fill(session, inner, scope)
    app.use(scope.path, inner)
  }
}
