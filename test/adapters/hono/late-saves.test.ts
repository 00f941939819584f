import { setImmediate as nextTurn } from 'node:timers/promises'
import { Hono } from 'hono'
import { expect, test, vi } from 'vitest'
import { type SessionEnv, session } from '../../../src/adapters/hono.ts'
import { PACES, startPaced } from '../harness/paced.ts'

test.each(PACES)(
  'a Worker waits for what is changed after the response, with a store that answers %s [P3]',
  async (pace) => {
    const { sessions } = startPaced(pace)
    const given = Promise.withResolvers<Promise<unknown>>()
    const app = new Hono<SessionEnv>().use(session(sessions)).get('*', (c) => {
      const { session } = c.var
      session.visits = 1
      if (c.req.path === '/late') void nextTurn().then(() => Object.assign(session, { late: 1 }))
      return c.body(null)
    })
    const context = { waitUntil: given.resolve, passThroughOnException: vi.fn(), props: {} }
    const [cookie = ''] = (await app.request('/', {}, {}, context)).headers.getSetCookie()
    await app.request('/late', { headers: { cookie } }, {}, context)
    await await given.promise
    expect((await sessions.read(cookie)).toJSON()).toEqual({ visits: 1, late: 1 })
  },
)

test.each(PACES)(
  'Netlify waits for what is changed after the response, with a store that answers %s [P3]',
  async (pace) => {
    const { sessions } = startPaced(pace)
    const given = Promise.withResolvers<Promise<unknown>>()
    const app = new Hono<SessionEnv>().use(session(sessions)).get('*', (c) => {
      const { session } = c.var
      session.visits = 1
      void nextTurn().then(() => Object.assign(session, { late: 1 }))
      return c.body(null)
    })
    const context = { waitUntil: given.resolve }
    const [cookie = ''] = (await app.request('/', {}, { context })).headers.getSetCookie()
    await await given.promise
    expect((await sessions.read(cookie)).toJSON()).toEqual({ visits: 1, late: 1 })
  },
)
