import { setImmediate as nextTurn } from 'node:timers/promises'
import { type ExecutionContext, Hono } from 'hono'
import { describe, expect, test, vi } from 'vitest'
import { type SessionEnv, session } from '../../../src/adapters/hono.ts'
import { PACES, startPaced } from '../harness/paced.ts'

type WaitUntil = (saving: Promise<unknown>) => void

/** What runtimes give behind a request, with what they are kept awake by in it. */
const RUNTIMES: ReadonlyArray<[string, (waitUntil: WaitUntil) => [env: object, context?: ExecutionContext]]> =
  [
    ['a Worker', (waitUntil) => [{}, { waitUntil, passThroughOnException: vi.fn(), props: {} }]],
    ['Netlify, by hono/netlify,', (waitUntil) => [{ context: { waitUntil } }]],
  ]

describe.each(RUNTIMES)('%s', (_name, givenWith) => {
  test.each(PACES)(
    'waits for what is changed after the response, with a store that answers %s [P3]',
    async (pace) => {
      const { sessions } = startPaced(pace)
      const given = Promise.withResolvers<Promise<unknown>>()
      const app = new Hono<SessionEnv>().use(session(sessions)).get('*', (c) => {
        const { session } = c.var
        session.visits = 1
        if (c.req.path === '/late') void nextTurn().then(() => Object.assign(session, { late: 1 }))
        return c.body(null)
      })
      const rest = givenWith(given.resolve)
      const [cookie = ''] = (await app.request('/', {}, ...rest)).headers.getSetCookie()
      await app.request('/late', { headers: { cookie } }, ...rest)
      await await given.promise
      expect((await sessions.read(cookie)).toJSON()).toEqual({ visits: 1, late: 1 })
    },
  )
})
