import { createServer } from 'node:http'
import polka, { type Options, type Polka } from 'polka'
import type { session as expressSession } from '../../../src/adapters/express.ts'
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
  return ({ onError, ...scope }) =>
    listen(createServer().on('request', build({ session, onError }, scope).handler))
}

function build(means: Means, { mounts, before, routes, scopes = [] }: AppScope): Polka {
  const app = polka(optionsOf(means))
  for (const sessions of mounts) app.use(means.session(sessions))
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

/** Registers an app's error handler; without one Polka has its own. */
function optionsOf({ onError }: Means): Options {
  if (onError === undefined) return {}
  return {
    onError: (error, request, response) => {
      void answerOnNode(onError(error, contextOf(request)), response)
    },
  }
}
