import type { Answer, RouteContext } from '../adapter-app.ts'
import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { json } from '../adapter-trial.ts'
import { assert, assertEqual } from '../assert.ts'

const CACHED = {
  'cache-control': 'public, max-age=60, s-maxage=600',
  'cdn-cache-control': 'max-age=600',
  'surrogate-control': 'max-age=600',
  vary: 'Accept-Encoding',
}

/** What caches between us and the browser are told. */
export const cacheCases: readonly AdapterCase[] = [
  adapterCase(
    'no-store-with-cookie',
    'a response that sets the cookie is kept by no cache, whatever the handler said [P9] [A17] [C52]',
    async (trial) => {
      const app = await trial.serve({
        '/set': ({ session }) => {
          session.visits = 1
          return cached({})
        },
      })
      const { headers } = await app.visitor().visit('/set')
      assertEqual(headers.get('cache-control'), 'no-store', 'Cache-Control')
      assertEqual(headers.get('cdn-cache-control'), null, 'CDN-Cache-Control')
      assertEqual(headers.get('surrogate-control'), null, 'Surrogate-Control')
    },
  ),

  adapterCase(
    'vary-on-read',
    'a response that read the session varies on Cookie and is private [P9] [A17]',
    async (trial) => {
      const app = await trial.serve({
        '/set': ({ session }) => {
          session.visits = 1
          return json({})
        },
        '/look': ({ session }) => cached(session.toJSON()),
      })
      const visitor = app.visitor()
      await visitor.json('/set')
      for (const reader of [visitor, app.visitor()]) {
        const { headers } = await reader.visit('/look')
        const control = headers.get('cache-control') ?? ''
        assert(control.includes('private') && !/public|s-maxage/.test(control), `Cache-Control is ${control}`)
        assertEqual(headers.get('vary'), 'Accept-Encoding, Cookie', 'Vary')
        assertEqual(headers.get('cdn-cache-control'), null, 'CDN-Cache-Control')
        assertEqual(headers.get('surrogate-control'), null, 'Surrogate-Control')
      }
    },
  ),

  adapterCase(
    'untouched-response',
    'a response that never used the session has the headers the handler gave it [P1] [A18]',
    async (trial) => {
      const app = await trial.serve({
        '/set': ({ session }) => {
          session.visits = 1
          return json({})
        },
        '/ignore': () => cached({}),
      })
      const visitor = app.visitor()
      await visitor.json('/set')
      const { headers } = await visitor.visit('/ignore')
      for (const [name, value] of Object.entries(CACHED)) assertEqual(headers.get(name), value, name)
    },
  ),
]

function cached(body: ReturnType<RouteContext['session']['toJSON']>): Answer {
  return { kind: 'json', body, headers: CACHED }
}
