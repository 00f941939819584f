import { createServer, type ServerResponse, STATUS_CODES } from 'node:http'
import polka, { type Polka } from 'polka'
import type { session as expressSession } from '../../../src/adapters/express.ts'
import { isSessionError } from '../../../src/core/errors.ts'
import type { AdapterApp, AppScope } from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { listen } from './listen.ts'
import { contextOf } from './node.ts'
import { answerOnNode } from './node-answer.ts'

/** What apps and sub-apps are built with. */
interface Means {
  session: typeof expressSession
  onError: AdapterApp['onError']
}

/** Serves apps on Polka. */
export function servePolka(session: typeof expressSession): ServeApp {
  return ({ onError, ...scope }) => listen(createServer(build({ session, onError }, scope).handler))
}

function build(means: Means, { mounts, before, routes, scopes = [] }: AppScope): Polka {
  const { session, onError } = means
  const app = polka({
    onError: (error, request, response) => {
      if (onError === undefined) honourStatus(error, response)
      else void answerOnNode(onError(error, contextOf(request)), response)
    },
  })
  for (const sessions of mounts) app.use(session(sessions))
  if (before !== undefined) {
    app.use((request, _response, next) => {
      before(contextOf(request))
      next()
    })
  }
  for (const { path, answer } of routes) {
    app.all(path, (request, response, next) => {
      handle().catch(next)

      async function handle(): Promise<void> {
        await answerOnNode(await answer(contextOf(request)), response)
      }
    })
  }
  for (const scope of scopes) app.use(scope.path, build(means, scope))
  return app
}

/** Answers for an error as apps must on Polka 0.5, whose own handler takes an error's `code` for the status. */
function honourStatus(error: unknown, response: ServerResponse): void {
  response.statusCode = isSessionError(error) ? error.status : 500
  response.end(STATUS_CODES[response.statusCode])
}
