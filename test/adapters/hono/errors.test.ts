import { Hono } from 'hono'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type SessionEnv, session } from '../../../src/adapters/hono.ts'
import { isSessionError } from '../../../src/index.ts'
import { PACES, startPaced } from '../harness/paced.ts'

describe.each(PACES)('on Hono, with a store that answers %s', (pace) => {
  test("the app's onError gets the StoreError of a failed save, and its response stands alone [P2] [P11]", async () => {
    const { sessions, store } = startPaced(pace)
    const app = new Hono<SessionEnv>()
    app.use(session(sessions))
    app.get('/', (c) => {
      c.var.session.visits = 1
      c.header('x-own', 'stays')
      return c.redirect('/next')
    })
    app.onError((error, c) => c.json({ sorry: isSessionError(error, 'ERR_STORE_UNAVAILABLE') }, 503))
    store.fail('create')
    const response = await app.request('/')
    expect([response.status, await response.json()]).toEqual([503, { sorry: true }])
    expect(response.headers.get('location')).toBeNull()
    expect(response.headers.get('x-own')).toBe('stays')
    expect(response.headers.getSetCookie()).toEqual([])
  })

  test('a failed save lets the body go that is not sent', async () => {
    const { sessions, store } = startPaced(pace)
    const cancel = vi.fn()
    const app = new Hono<SessionEnv>()
    app.use(session(sessions))
    app.get('/', (c) => {
      c.var.session.visits = 1
      return c.body(new ReadableStream({ cancel }))
    })
    app.onError((_error, c) => c.body(null, 503))
    store.fail('create')
    expect((await app.request('/')).status).toBe(503)
    expect(cancel).toHaveBeenCalledOnce()
  })

  test('without an onError a failed load or save is a 503 in JSON, and shown on the console [P11]', async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => shown.mockRestore())
    const { sessions, store } = startPaced(pace)
    const app = new Hono<SessionEnv>()
    app.use(session(sessions))
    app.get('/', (c) => {
      c.var.session.visits = 1
      return c.text('done')
    })
    const [cookie = ''] = (await app.request('/')).headers.getSetCookie()
    store.fail('*')
    for (const headers of [{}, { cookie }]) {
      const response = await app.request('/', { headers })
      expect([response.status, await response.json()]).toEqual([503, { error: expect.any(String) }])
    }
    expect(shown).toHaveBeenCalledTimes(2)
  })

  test('further up, c.var.session is the one mounted there', async () => {
    const seen: unknown[] = []
    const app = new Hono<SessionEnv>()
    app.use(session(startPaced(pace).sessions))
    app.use(async (c, next) => {
      c.var.session.who = 'outer'
      await next()
      seen.push(c.var.session.who)
    })
    app.use(session(startPaced(pace).sessions))
    app.get('/', (c) => {
      seen.push(c.var.session.who)
      return c.body(null)
    })
    await app.request('/')
    expect(seen).toEqual([undefined, 'outer'])
  })

  test("the response of somebody else's fetch, whose headers cannot be changed, gets the cookie", async () => {
    const { sessions } = startPaced(pace)
    const app = new Hono<SessionEnv>()
    app.use(session(sessions))
    app.get('/', (c) => {
      c.var.session.visits = 1
      return fetch('data:text/plain,fetched')
    })
    const response = await app.request('/')
    expect(await response.text()).toBe('fetched')
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })

  test('a handler that returns nothing is the error that it is without sessions, with the cookie of what it saved [P2]', async () => {
    const { sessions, memory } = startPaced(pace)
    const errors: string[] = []
    const app = new Hono<SessionEnv>()
    app.use(session(sessions))
    app.use('/forgotten', async (c) => {
      c.var.session.visits = 1
    })
    app.onError((error, c) => {
      errors.push(error.message)
      return c.text('sorry', 500)
    })
    const response = await app.request('/forgotten')
    expect([response.status, await response.text(), memory.size]).toEqual([500, 'sorry', 1])
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(errors).toEqual([expect.stringContaining('Context is not finalized')])
  })

  test('what is answered further out, when no handler has, carries the cookie [P2]', async () => {
    const { sessions } = startPaced(pace)
    const app = new Hono<SessionEnv>()
    app.use(async (c, next) => {
      await next()
      return c.text('made up', 203)
    })
    app.use(session(sessions))
    app.use(async (c) => {
      c.var.session.visits = 1
    })
    const response = await app.request('/')
    expect([response.status, await response.text()]).toEqual([203, 'made up'])
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })
})
