import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { createApp } from '../../src/app/index.ts'
import type { SessionRecord } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { createClock, faultyStore } from '../../src/testing/index.ts'
import { Visitor } from '../../src/testing/visitor.ts'
import { SECRET, testApp, visitorOf } from './serving.ts'

describe('the session of a request', () => {
  test('counts visits, each visitor’s own', async () => {
    const app = testApp()
    app.get('/counter', (req, res) => {
      req.session.count = (req.session.count ?? 0) + 1
      return res.json({ visits: req.session.count })
    })
    const { url } = await app.listen(0, '127.0.0.1')
    const [ada, grace] = [new Visitor(url), new Visitor(url)]
    const visits: unknown[] = []
    for (const visitor of [ada, ada, grace, ada]) visits.push(await (await visitor.get('/counter')).json())
    expect(visits).toEqual([{ visits: 1 }, { visits: 2 }, { visits: 1 }, { visits: 3 }])
    await app.close()
  })

  test('that nobody uses costs no record, no cookie and no store call [P1]', async () => {
    const store = faultyStore(new MemorySessionStore())
    const app = testApp({ sessionStore: store })
    app.get('/', (_req, res) => res.text('hello'))
    const visitor = await visitorOf(app)
    for (let visit = 0; visit < 1_000; visit++) {
      const response = await visitor.get('/')
      await response.text()
      expect(response.headers.getSetCookie()).toEqual([])
      expect(response.headers.get('vary')).toBeNull()
    }
    expect(store.count()).toBe(0)
    expect(store.calls).toMatchObject({ get: 0, create: 0, set: 0 })
  })

  test('is saved before a redirect leaves [P2]', async () => {
    const store = faultyStore(new MemorySessionStore())
    const app = testApp<{ name: string }>({ sessionStore: store })
    app.post('/login', (req, res) => {
      req.session.name = 'Ada'
      return res.redirect(303, '/')
    })
    store.delay('create', 30)
    const visitor = await visitorOf(app)
    const response = await visitor.post('/login')
    expect(response.status).toBe(303)
    expect(store.count()).toBe(1)
  })

  test('ends when null is put in its place, and an object takes the place of its data [P5]', async () => {
    const store = new MemorySessionStore()
    const app = testApp<{ name: string; seen: number }>({ sessionStore: store })
    app.get('/set', (req, res) => {
      Object.assign(req.session, { name: 'Ada', seen: 1 })
      return res.end()
    })
    app.get('/swap', (req, res) => {
      req.session = { name: 'Grace' }
      return res.json(req.session)
    })
    app.get('/leave', (req, res) => {
      req.session = null
      return res.json({ left: req.session.name ?? null })
    })
    const visitor = await visitorOf(app)
    await visitor.get('/set')
    expect(await (await visitor.get('/swap')).json()).toEqual({ name: 'Grace' })
    const ended = await visitor.get('/leave')
    expect(await ended.json()).toEqual({ left: null })
    expect(ended.headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')])
    expect(store.count()).toBe(0)
  })

  test('keeps the app’s own cookies beside its own [C18]', async () => {
    const app = testApp<{ n: number }>()
    app.get('/', (req, res) => {
      req.session.n = 1
      return res.cookie('a', '1').cookie('b', '2').end()
    })
    const response = await (await visitorOf(app)).get('/')
    const names = response.headers.getSetCookie().map((line) => line.slice(0, line.indexOf('=')))
    expect(names).toEqual(['a', 'b', 'sid'])
  })

  test('is a new object after regenerate with a callback, as Express’s neighbours expect', async () => {
    const app = testApp<{ name: string; old: string }>()
    app.get('/old', (req, res) => {
      req.session.old = 'data'
      return res.end()
    })
    app.get('/login', (req, res, next) => {
      req.session.regenerate((error) => {
        if (error !== undefined) return next(error)
        req.session.name = 'Ada'
        return res.json({ ok: true })
      })
    })
    app.get('/', (req, res) => res.json(req.session))
    const visitor = await visitorOf(app)
    await visitor.get('/old')
    const before = visitor.cookies.get('sid')
    await visitor.get('/login')
    expect(visitor.cookies.get('sid')).not.toBe(before)
    expect(await (await visitor.get('/')).json()).toEqual({ name: 'Ada' })
  })

  test('of another app in the same request is apart', async () => {
    const inner = testApp<{ n: number }>({ sessionCookieName: 'inner' })
    inner.get('/inner', (req, res) => {
      req.session.n = (req.session.n ?? 0) + 1
      return res.json({ inner: req.session.n })
    })
    const app = testApp<{ n: number }>({ sessionCookieName: 'outer' })
    app.use(async (req, _res, next) => {
      req.session.n = (req.session.n ?? 10) + 1
      await next()
    })
    app.all('/inner', (req) => inner.fetch(req.raw))
    app.get('/', (req, res) => res.json({ outer: req.session.n }))
    const visitor = await visitorOf(app)
    await visitor.get('/inner')
    expect(await (await visitor.get('/inner')).json()).toEqual({ inner: 2 })
    expect(await (await visitor.get('/')).json()).toEqual({ outer: 13 })
    expect([...visitor.cookies.keys()].sort()).toEqual(['inner', 'outer'])
  })
})

test('an app mounted as another’s Hono routes keeps its own request and session', async () => {
  const inner = testApp<{ n: number }>({ sessionCookieName: 'inner', bodyLimit: 3 })
  inner.post('/add', async (req, res) => {
    req.session.n = (req.session.n ?? 0) + (await req.body).length
    return res.json({ inner: req.session.n })
  })
  const app = testApp<{ n: number }>({ sessionCookieName: 'outer' })
  app.use((req, _res, next) => {
    req.session.n = 100
    return next()
  })
  app.hono.route('/inner', inner.hono)
  const visitor = await visitorOf(app)
  const add = (body: string): Promise<Response> =>
    visitor.send('/inner/add', { method: 'POST', body, headers: { 'content-type': 'text/plain' } })
  await add('ab')
  expect(await (await add('abc')).json()).toEqual({ inner: 5 })
  expect((await add('abcd')).status).toBe(413)
  expect([...visitor.cookies.keys()].sort()).toEqual(['inner', 'outer'])
})

describe('settings of the session', () => {
  test('reach it: timeouts by the app’s clock, cookie, user', async () => {
    const clock = createClock()
    const app = testApp<{ account: string }>({
      sessionCookieName: 'my_app_session',
      session: {
        now: clock.now,
        idleTimeout: '30m',
        cookie: { sameSite: 'strict', persistent: true },
        user: (data) => data.account,
      },
    })
    app.get('/login', (req, res) => {
      req.session.account = 'a7'
      return res.end()
    })
    app.get('/', (req, res) => res.json({ account: req.session.account ?? null }))
    const visitor = await visitorOf(app)
    const login = await visitor.get('/login')
    expect(login.headers.get('set-cookie')).toMatch(/^my_app_session=.*; SameSite=Strict; Max-Age=2592000$/)
    expect(await app.sessions.user('a7').list()).toHaveLength(1)
    clock.advance('29m')
    expect(await (await visitor.get('/')).json()).toEqual({ account: 'a7' })
    clock.advance('31m')
    expect(await (await visitor.get('/')).json()).toEqual({ account: null })
  })

  test('secureCookies marks the cookie, and picks the safest name [P9]', async () => {
    const app = testApp<{ n: number }>({ secureCookies: true })
    app.get('/', (req, res) => {
      req.session.n = 1
      return res.end()
    })
    const line = (await app.request('/')).headers.get('set-cookie')
    expect(line).toMatch(/^__Host-Http-sid=\S+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  })

  test('a list of secrets logs nobody out when the newest changes [P7]', async () => {
    const sessionStore = new MemorySessionStore()
    const before = testApp<{ n: number }>({ sessionStore })
    before.get('/', (req, res) => {
      req.session.n = 1
      return res.end()
    })
    const cookie = (await before.request('/')).headers.get('set-cookie') ?? ''
    const after = testApp<{ n: number }>({
      sessionStore,
      sessionSecret: [`new-${SECRET}`, SECRET, undefined],
    })
    after.get('/', (req, res) => res.json({ n: req.session.n }))
    const response = await after.request('/', { headers: { cookie } })
    expect(await response.json()).toEqual({ n: 1 })
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })

  test('a store with get, set and destroy is enough', async () => {
    const records = new Map<string, SessionRecord>()
    const app = createApp<{ n: number }>({
      sessionSecret: SECRET,
      sessionStore: {
        get: (id) => records.get(id) ?? null,
        set: (id, record) => void records.set(id, record),
        destroy: (id) => void records.delete(id),
      },
    })
    app.get('/', async (req, res) => {
      await req.session.update((session) => {
        session.n = (session.n ?? 0) + 1
      })
      return res.json({ n: req.session.n })
    })
    const visitor = await visitorOf(app)
    await visitor.get('/')
    expect(await (await visitor.get('/')).json()).toEqual({ n: 2 })
    expect(records.size).toBe(1)
  })
})

describe('the type of a session', () => {
  test('is what the type argument says', () => {
    const app = createApp<{ userId: string; cart: string[] }>({ sessionSecret: SECRET })
    app.get('/', (req, res) => {
      expectTypeOf(req.session.cart).toEqualTypeOf<string[] | undefined>()
      // @ts-expect-error the data has no such key
      req.session.basket = []
      res.end()
    })
    // @ts-expect-error a verb of the session cannot be data
    createApp<{ id: string }>({ sessionSecret: SECRET })
  })

  test('is what the schema says', async () => {
    const schema = z.object({ count: z.number().optional() })
    const app = createApp({ sessionSecret: SECRET, session: { schema }, onError: () => {} })
    app.get('/', (req, res) => {
      expectTypeOf(req.session.count).toEqualTypeOf<number | undefined>()
      Reflect.set(req.session, 'count', 'not a number')
      return res.end()
    })
    expect((await app.request('/')).status).toBe(500)
  })

  test('is open when nothing is said', () => {
    const app = createApp({ sessionSecret: SECRET })
    app.get('/', (req, res) => {
      req.session.anything = { goes: [1] }
      return res.json({ count: (req.session.count ?? 0) + 1, cart: req.session.cart?.length })
    })
  })
})

test.each(['the app alone', 'Hono as well'])(
  'a new id reaches the browser though the Response cannot be sent, run by %s [P2]',
  async (runner) => {
    const app = testApp<{ name: string }>({ onError: () => {} })
    if (runner === 'Hono as well') app.hono.use((_c, next) => next())
    const page = new Response(new Blob(['welcome']).stream())
    await page.text()
    app.get('/begin', ({ session }, res) => {
      session.name = 'ann'
      return res.end()
    })
    app.get('/renew', async ({ session }) => {
      await session.regenerate({ keep: true })
      return page
    })
    app.get('/look', ({ session }, res) => res.json(session))
    const visitor = await visitorOf(app)
    await visitor.get('/begin')
    expect((await visitor.get('/renew')).status).toBe(500)
    expect(await (await visitor.get('/look')).json()).toEqual({ name: 'ann' })
  },
)
