import { routePath } from 'hono/route'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { App, AppOptions } from '../../src/app/index.ts'
import { isSessionError } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/index.ts'
import { laterStore } from '../engine/later-store.ts'
import { testApp, visitorOf } from './serving.ts'

// Requests that only handlers of the app answer are run without Hono's own machinery. Nobody may notice.

interface Data {
  n: number
}

/** Makes an app whose requests are run in one of the ways. */
type MakeApp = (options?: Partial<AppOptions<Data>>) => App<Data>

const WAYS: [way: string, MakeApp][] = [
  ['by itself', (options) => testApp<Data>(options)],
  [
    'by itself, with a store that answers later',
    (options) => testApp<Data>({ sessionStore: laterStore(new MemorySessionStore()), ...options }),
  ],
  [
    'by itself, until somebody needs what only Hono has',
    (options) => {
      const app = testApp<Data>(options)
      app.use((req, _res, next) => {
        expect(req.raw).toBeInstanceOf(Request)
        return next()
      })
      return app
    },
  ],
  [
    'through Hono',
    (options) => {
      const app = testApp<Data>(options)
      app.hono.use((_c, next) => next())
      return app
    },
  ],
]

describe.each(WAYS)('a request that the app runs %s', (_way, makeApp) => {
  test('has the cookie, and is kept out of caches', async () => {
    const app = makeApp()
    app.get('/', (req, res) => {
      req.session.n = 1
      res.json({ ok: true })
    })
    const { headers } = await (await visitorOf(app)).get('/')
    expect(headers.getSetCookie()).toHaveLength(1)
    expect([headers.get('vary'), headers.get('cache-control')]).toEqual(['Cookie', 'no-store'])
    expect([headers.get('content-type'), headers.get('content-length')]).toEqual([
      'application/json; charset=utf-8',
      '11',
    ])
  })

  test('keeps several cookies apart, set before and after the answer', async () => {
    const app = makeApp()
    app.use(async (_req, res, next) => {
      res.cookie('a', '1')
      await next()
      res.cookie('b', '2').set('x-type', res.get('content-type') ?? 'none')
    })
    app.get('/', (req, res) => {
      req.session.n = 1
      return res.status(201).text('made')
    })
    const response = await (await visitorOf(app)).get('/')
    const names = response.headers.getSetCookie().map((line) => line.slice(0, line.indexOf('=')))
    expect(names).toEqual(['a', 'b', 'sid'])
    expect([response.status, await response.text()]).toEqual([201, 'made'])
    expect(response.headers.get('x-type')).toBe('text/plain; charset=utf-8')
  })

  test('gives every answer of an error the headers that middleware sets when it comes back', async () => {
    const app = makeApp({ onError: () => {} })
    app.use(async (req, res, next) => {
      res.set('x-before', '1')
      await next()
      req.session.n = res.statusCode
      res.set('x-after', res.statusCode)
    })
    app.get('/fault', (_req, res) => {
      res.set('location', '/away').text('half')
      throw new Error('a fault')
    })
    const visitor = await visitorOf(app)
    const fault = await visitor.get('/fault')
    expect([fault.status, await fault.json()]).toEqual([500, { error: 'Internal Server Error' }])
    expect([fault.headers.get('x-before'), fault.headers.get('x-after')]).toEqual(['1', '500'])
    expect(fault.headers.get('location')).toBeNull()
    expect([...visitor.cookies.keys()]).toEqual(['sid'])
    const missing = await visitor.get('/nowhere')
    expect([missing.status, await missing.json()]).toEqual([404, { error: 'Not Found' }])
    expect(missing.headers.get('x-after')).toBe('404')
  })

  test('may be answered with a web Response, whose headers cannot be changed', async () => {
    const app = makeApp()
    app.get('/', (req) => {
      req.session.n = 1
      return Response.redirect('http://localhost/next', 303)
    })
    const response = await (await visitorOf(app)).get('/')
    expect([response.status, response.headers.get('location')]).toEqual([303, 'http://localhost/next'])
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })

  test('may be answered with a stream, which begins when the session is saved', async () => {
    const app = makeApp()
    const { promise: goOn, resolve } = Promise.withResolvers<void>()
    app.get('/', (req, res) => {
      req.session.n = 1
      const pieces = async function* (): AsyncGenerator<Uint8Array> {
        yield new TextEncoder().encode('first')
        await goOn
        yield new TextEncoder().encode('second')
      }
      return res.send(ReadableStream.from(pieces()))
    })
    const response = await (await visitorOf(app)).get('/')
    expect(response.headers.getSetCookie()).toHaveLength(1)
    const arrived: string[] = []
    for await (const piece of response.body ?? []) {
      arrived.push(new TextDecoder().decode(piece))
      resolve()
    }
    expect(arrived).toEqual(['first', 'second'])
  })

  test('is asked for by HEAD without its body', async () => {
    const app = makeApp()
    app.get('/', (req, res) => {
      req.session.n = 1
      return res.status(202).text('a page')
    })
    const response = await (await visitorOf(app)).send('/', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([202, ''])
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })

  test('leaves what a client has not finished sending, and the connection is of use', async () => {
    const app = makeApp()
    app.post('/', (_req, res) => res.status(403).text('no'))
    const visitor = await visitorOf(app)
    for (let time = 0; time < 3; time++) {
      const response = await visitor.send('/', { method: 'POST', body: 'x'.repeat(300_000) })
      expect([response.status, await response.text()]).toEqual([403, 'no'])
    }
  })

  test('with a header Node cannot send is a 500, and ends no process', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    const app = makeApp()
    app.get('/', (_req, res) => res.set('x-name', 'a\u0001b').text('hello'))
    app.get('/late', (_req, res) => res.text('hello').set('x-name', 'a\u0001b'))
    app.get('/well', (_req, res) => res.text('well'))
    const visitor = await visitorOf(app)
    const ask = async (path: string): Promise<number> => (await visitor.get(path)).status
    expect([await ask('/'), await ask('/late'), await ask('/well')]).toEqual([500, 500, 200])
  })

  test('with a header that only Node refuses is a 500, and ends no process', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    const app = makeApp()
    app.get('/', () => new Response('hello', { headers: { 'x-name': 'a\u0001b' } }))
    // Node has trailers only where a body comes in chunks.
    app.post('/trailer', (_req, res) => res.set({ trailer: 'x-a', 'content-length': '5' }).text('hello'))
    app.get('/well', (_req, res) => res.text('well'))
    const visitor = await visitorOf(app)
    expect((await visitor.get('/')).status).toBe(500)
    expect((await visitor.post('/trailer')).status).toBe(500)
    expect((await visitor.get('/well')).status).toBe(200)
  })

  test('gives each handler the parameters of its own path, without those left out, also after next()', async () => {
    const app = makeApp()
    const seen: object[] = []
    app.use('/:section', async (req, _res, next) => {
      seen.push({ ...req.params })
      await next()
      seen.push({ ...req.params })
    })
    app.get('/users/:id/:tab?', (req, res) => res.json(Object.keys(req.params)))
    const visitor = await visitorOf(app)
    expect(await (await visitor.get('/users/7')).json()).toEqual(['id'])
    expect(seen).toEqual([{ section: 'users' }, { section: 'users' }])
  })

  test("meets the error handler that was set on Hono, with the request's session and route", async () => {
    const app = makeApp()
    app.hono.onError((error, c) => {
      c.var.session.n = 7
      return c.json({ message: error.message, same: c.error === error, route: routePath(c) }, 418)
    })
    app.use(async (_req, res, next) => {
      await next()
      res.set('x-after', '1')
    })
    app.get('/users/:id', (_req, res) => {
      res.set('x-before', '1').text('half')
      throw new Error('a fault')
    })
    app.get('/', (req, res) => res.json({ n: req.session.n }))
    const visitor = await visitorOf(app)
    const response = await visitor.get('/users/1')
    expect(response.status).toBe(418)
    expect(await response.json()).toEqual({ message: 'a fault', same: true, route: '/users/:id' })
    expect([response.headers.get('x-before'), response.headers.get('x-after')]).toEqual(['1', '1'])
    expect(await (await visitor.get('/')).json()).toEqual({ n: 7 })
  })

  test('meets the not-found handler that was set on Hono', async () => {
    const app = makeApp()
    app.hono.notFound((c) => {
      c.var.session.n = 3
      return c.text(`nothing at ${c.req.path}`, 410)
    })
    app.get('/passed-on', (_req, res, next) => {
      res.set('x-before', '1')
      return next()
    })
    app.get('/', (req, res) => res.json({ n: req.session.n }))
    const visitor = await visitorOf(app)
    const passedOn = await visitor.get('/passed-on')
    expect([passedOn.status, await passedOn.text()]).toEqual([410, 'nothing at /passed-on'])
    expect(passedOn.headers.get('x-before')).toBe('1')
    expect((await visitor.get('/nowhere')).status).toBe(410)
    expect(await (await visitor.get('/')).json()).toEqual({ n: 3 })
  })

  test('sees a new session object after regenerate with a callback, and Hono does', async () => {
    const app = makeApp()
    const seen: unknown[] = []
    app.hono.onError((_error, c) => {
      seen.push(c.var.session.n)
      return c.body(null, 500)
    })
    app.get('/', async (req) => {
      req.session.n = 1
      await new Promise<void>((resolve) => void req.session.regenerate(() => resolve()))
      seen.push(req.session.n)
      req.session.n = 2
      throw new Error('a fault')
    })
    await app.request('/')
    expect(seen).toEqual([undefined, 2])
  })
})

describe.each(['throw', 'reject'] as const)('a store whose save fails with a %s', (how) => {
  test('lets no answer go, and its body is let go of [P2]', async () => {
    const store = faultyStore(new MemorySessionStore())
    store.fail('create', { how })
    const app = testApp<Data>({ sessionStore: store })
    const errors: unknown[] = []
    app.hono.onError((error, c) => {
      errors.push(isSessionError(error, 'ERR_STORE_UNAVAILABLE'))
      return c.json({ sorry: true }, 503)
    })
    const cancel = vi.fn()
    app.get('/', (req, res) => {
      req.session.n = 1
      return res.send(new ReadableStream({ cancel }))
    })
    const response = await app.request('/')
    expect([response.status, await response.json()]).toEqual([503, { sorry: true }])
    expect(response.headers.getSetCookie()).toEqual([])
    expect(errors).toEqual([true])
    expect(cancel).toHaveBeenCalledTimes(1)
  })
})
