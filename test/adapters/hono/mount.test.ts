import { Hono } from 'hono'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { session as fetchSession } from '../../../src/adapters/fetch.ts'
import { type SessionEnv, session } from '../../../src/adapters/hono.ts'
import type { Session } from '../../../src/index.ts'
import { PACES, startPaced } from '../harness/paced.ts'

describe.each(PACES)('with a store that answers %s', (pace) => {
  test('the same manager mounted again in an app added with route() is one session', async () => {
    const { sessions, memory } = startPaced(pace)
    const part = new Hono<SessionEnv>().use(session(sessions)).get('/', (c) => {
      c.var.session.inner = 1
      return c.json(c.var.session)
    })
    const app = new Hono<SessionEnv>().use(session(sessions)).use(async (c, next) => {
      c.var.session.outer = 1
      await next()
    })
    const response = await app.route('/part', part).request('/part')
    expect([await response.json(), memory.size]).toEqual([{ outer: 1, inner: 1 }, 1])
  })

  test('what mount() calls has the session when it is given as its env', async () => {
    const { sessions, memory } = startPaced(pace)
    const old = new Hono<{ Bindings: { session: Session } }>().get('/', (c) => {
      c.env.session.inner = 1
      return c.json(c.env.session)
    })
    const app = new Hono<SessionEnv>().use(session(sessions)).use(async (c, next) => {
      c.var.session.outer = 1
      await next()
    })
    app.mount('/old', old.fetch, { optionHandler: (c) => ({ ...c.env, session: c.var.session }) })
    const response = await app.request('/old')
    expect([await response.json(), memory.size]).toEqual([{ outer: 1, inner: 1 }, 1])
  })

  test('what mount() calls can have the manager, when the app above it has not', async () => {
    const { sessions, memory } = startPaced(pace)
    const old = new Hono<SessionEnv>().use(session(sessions)).get('/', (c) => {
      c.var.session.visits = (c.var.session.visits ?? 0) + 1
      return c.json(c.var.session)
    })
    const app = new Hono().mount('/old', old.fetch)
    const [cookie = ''] = (await app.request('/old')).headers.getSetCookie()
    const response = await app.request('/old', { headers: { cookie } })
    expect([await response.json(), memory.size]).toEqual([{ visits: 2 }, 1])
  })

  test('the same manager around the app, on fetch, is one session', async () => {
    const { sessions, memory } = startPaced(pace)
    const app = new Hono<SessionEnv>().use(session(sessions)).get('/', (c) => {
      c.var.session.inner = 1
      return c.json(c.var.session)
    })
    const handler = fetchSession(sessions, (request, { session }) => {
      session.outer = 1
      return app.fetch(request)
    })
    const response = await handler(new Request('http://localhost/'))
    const [cookie = '', ...more] = response.headers.getSetCookie()
    expect([await response.json(), memory.size, more]).toEqual([{ outer: 1, inner: 1 }, 1, []])
    expect((await sessions.read(cookie)).toJSON()).toEqual({ outer: 1, inner: 1 })
  })

  test.each([1, 2])(
    'the error of another manager around the app, on fetch, carries the cookies of %d inside that saved [P2]',
    async (count) => {
      const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
      onTestFinished(() => shown.mockRestore())
      const outer = startPaced(pace, { cookie: { name: 'outer' } })
      outer.store.fail('create')
      const app = new Hono<SessionEnv>()
      for (let at = 1; at <= count; at++) {
        app.use(session(startPaced(pace, { cookie: { name: `inner${at}` } }).sessions))
        app.use(async (c, next) => {
          c.var.session.visits = 1
          await next()
        })
      }
      app.get('/', (c) => c.text('saved'))
      const handler = fetchSession(outer.sessions, (request, { session }) => {
        session.visits = 1
        return app.fetch(request)
      })
      const response = await handler(new Request('http://localhost/'))
      const names = response.headers.getSetCookie().map((line) => line.split('=')[0])
      expect([response.status, names.sort()]).toEqual([503, ['inner1', 'inner2'].slice(0, count)])
    },
  )
})
