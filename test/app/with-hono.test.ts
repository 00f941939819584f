import { once } from 'node:events'
import { createServer } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { csrf } from 'hono/csrf'
import { etag } from 'hono/etag'
import { validator } from 'hono/validator'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Handler } from '../../src/app/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/index.ts'
import { Visitor } from '../../src/testing/visitor.ts'
import { serve, testApp } from './serving.ts'

test('fetch hands the runtime’s environment and execution context on to Hono', async () => {
  const app = testApp()
  const waited: unknown[] = []
  const context = {
    waitUntil: (promise: Promise<unknown>): void => void waited.push(promise),
    passThroughOnException: (): void => {},
    props: {},
  }
  app.hono.get('/', (c) => {
    c.executionCtx.waitUntil(Promise.resolve())
    return c.json(c.env)
  })
  const response = await app.fetch(new Request('http://localhost/'), { KEY: '1' }, context)
  expect([response.status, await response.json()]).toEqual([200, { KEY: '1' }])
  expect(waited).toHaveLength(1)
})

test.each(['the app alone', 'Hono as well'])(
  'a Worker is kept awake for what a handler changes after its answer, run by %s',
  async (runner) => {
    const app = testApp({ sessionStore: faultyStore(new MemorySessionStore()) })
    const given = Promise.withResolvers<Promise<unknown>>()
    const context = { waitUntil: given.resolve, passThroughOnException: (): void => {}, props: {} }
    if (runner === 'Hono as well') app.hono.use((_c, next) => next())
    app.get('/', ({ session }, res) => {
      session.visits = 1
      return res.end()
    })
    app.get('/late', ({ session }, res) => {
      void nextTurn().then(() => Object.assign(session, { late: 1 }))
      return res.end()
    })
    const { headers } = await app.fetch(new Request('http://localhost/'), {}, context)
    const [cookie = ''] = headers.getSetCookie()
    await app.fetch(new Request('http://localhost/late', { headers: { cookie } }), {}, context)
    await await given.promise
    expect((await app.sessions.read(cookie)).toJSON()).toEqual({ visits: 1, late: 1 })
  },
)

describe('what Hono has answered', () => {
  test.each(['as installed', 'up to 4.13.14, which throws at a header of what was read'])(
    'and its middleware has read can be replaced, with headers: Hono %s',
    async (version) => {
      const app = testApp({ onError: (error) => expect.unreachable(String(error)) })
      app.use(async (_req, res, next) => {
        await next()
        res.set('x-set', '1').append('x-added', '1').append('x-added', '2').cookie('seen', '1')
        res.set('x-kind', 'html').set('x-kind', []).set('x-inner', [])
        res.set('content-type', 'text/csv').send('a,b')
      })
      const read: string[] = []
      app.hono.use(async (c, next) => {
        await next()
        read.push(await c.res.text())
        const { header } = c
        if (version === 'as installed') return
        c.header = (...args) => {
          if (c.finalized && c.res.bodyUsed) throw new TypeError('Body has already been consumed.')
          header(...args)
        }
      })
      app.hono.get('/report', (c) => c.json({ a: 1 }, 200, { 'x-inner': '1', 'x-kept': '1' }))
      const url = `${await serve(app)}/report`
      for (const response of [await app.request('/report'), await fetch(url)]) {
        expect([response.status, await response.text()]).toEqual([200, 'a,b'])
        const shown = ['content-type', 'x-set', 'x-added', 'x-kind', 'x-inner', 'x-kept']
        expect(shown.map((name) => response.headers.get(name))).toEqual([
          ...['text/csv; charset=utf-8', '1', '1, 2', null, null, '1'],
        ])
        expect(response.headers.getSetCookie()).toEqual(['seen=1; Path=/'])
      }
      expect(read).toEqual(['{"a":1}', '{"a":1}'])
    },
  )

  test('and nobody can change is left as it is: a response of fetch(), read', async () => {
    const app = testApp({ onError: (error) => expect.unreachable(String(error)) })
    const inner = testApp().get('/', (_req, res) => res.send('far'))
    const far = await serve(inner)
    app.use(async (_req, res, next) => {
      await next()
      res.set('x-late', '1').append('x-late', '2').send('near')
    })
    app.hono.use(async (c, next) => {
      await next()
      await c.res.text()
    })
    app.hono.get('/', () => fetch(far))
    const response = await app.request('/')
    expect([response.status, await response.text()]).toEqual([200, 'near'])
  })

  test('is known to the app’s middleware when next() comes back', async () => {
    const app = testApp({ onError: () => {} })
    const seen: unknown[] = []
    app.use(async (_req, res, next) => {
      seen.push([res.statusCode, res.headersSent])
      await next()
      seen.push([res.statusCode, res.headersSent, res.get('content-type')])
    })
    app.hono.get('/made', (c) => c.json({}, 201))
    app.hono.get('/fails', () => {
      throw new Error('a fault')
    })
    await app.request('/made')
    await app.request('/fails')
    expect(seen).toEqual([
      [200, false],
      [201, true, 'application/json'],
      [200, false],
      [500, true, 'application/json; charset=utf-8'],
    ])
  })

  test('is known too where it is Hono’s not-found or error handler', async () => {
    const app = testApp()
    const seen: unknown[] = []
    app.use(async (_req, res, next) => {
      await next()
      seen.push([res.statusCode, res.headersSent])
    })
    app.hono.notFound((c) => c.text('nothing', 410))
    app.hono.onError((_error, c) => c.text('sorry', 418))
    app.get('/fails', () => {
      throw new Error('a fault')
    })
    await app.request('/nowhere')
    await app.request('/fails')
    expect(seen).toEqual([
      [410, true],
      [418, true],
    ])
  })

  test('is left alone by end() without text, and replaced by an answer with a body', async () => {
    const app = testApp()
    app.use('/end', async (_req, res, next) => {
      await next()
      res.end()
    })
    app.use('/json', async (_req, res, next) => {
      await next()
      res.json('instead')
    })
    app.hono.all('*', (c) => c.text('from Hono'))
    const bodies = ['/end', '/json'].map(async (path) => (await app.request(path)).text())
    expect(await Promise.all(bodies)).toEqual(['from Hono', '"instead"'])
  })

  test('is left alone by a middleware that answers when nobody has', async () => {
    const app = testApp()
    app.use(async (_req, res, next) => {
      await next()
      if (!res.headersSent) res.status(404).json({ error: 'nothing here' })
    })
    app.hono.get('/made', (c) => c.json({ made: true }, 201))
    const response = await app.request('/made')
    expect([response.status, await response.json()]).toEqual([201, { made: true }])
  })
})

test.each<[string, Handler]>([
  ['a returned Response', () => Response.json({ a: 1 })],
  ['a stream', (_req, res) => res.send(new Blob(['a page']).stream())],
])('HEAD of %s has the ETag of its GET below etag() of Hono, and is a 304 with it', async (_what, answer) => {
  const app = testApp()
  app.hono.use(etag())
  app.get('/', answer)
  const tag = (await app.request('/')).headers.get('etag')
  const head = await app.request('/', { method: 'HEAD' })
  expect([head.headers.get('etag'), await head.text()]).toEqual([tag, ''])
  const again = await app.request('/', { method: 'HEAD', headers: { 'if-none-match': String(tag) } })
  expect(again.status).toBe(304)
})

test('what stands around the app answers, and adds its headers, also when the store is down', async () => {
  const store = faultyStore(new MemorySessionStore())
  const app = testApp<{ n: number }>({ sessionStore: store, onError: () => {} })
  app.get('/', (req, res) => {
    req.session.n = (req.session.n ?? 0) + 1
    res.json({ n: req.session.n, ip: req.ip })
  })
  const outer = new Hono()
  outer.use(cors({ origin: 'https://example.com', credentials: true }))
  outer.get('/healthz', (c) => c.text('up'))
  outer.all('*', (c) => app.fetch(c.req.raw, c.env))
  const server = createServer(getRequestListener(outer.fetch)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')
  const visitor = new Visitor(`http://127.0.0.1:${address.port}`)
  await visitor.get('/')
  expect(await (await visitor.get('/')).json()).toEqual({ n: 2, ip: '127.0.0.1' })
  store.fail('get')
  const down = await visitor.send('/', { headers: { origin: 'https://example.com' } })
  expect([down.status, down.headers.get('access-control-allow-origin')]).toEqual([503, 'https://example.com'])
  expect(await (await visitor.get('/healthz')).text()).toBe('up')
})

describe('a body that both read', () => {
  const json = { method: 'POST', body: '{"item":"é"}', headers: { 'content-type': 'application/json' } }
  const form = (): FormData => {
    const data = new FormData()
    data.append('item', 'é')
    return data
  }

  test.each<[string, () => RequestInit, (app: ReturnType<typeof testApp>) => void]>([
    [
      'Hono’s validator of JSON',
      () => json,
      (app) =>
        app.hono.use(
          '/',
          validator('json', (value) => value),
        ),
    ],
    [
      'Hono’s validator of a form',
      () => ({ method: 'POST', body: new URLSearchParams({ item: 'é' }) }),
      (app) =>
        app.hono.use(
          '/',
          validator('form', (value) => value),
        ),
    ],
    [
      'c.req.text()',
      () => json,
      (app) =>
        app.hono.use('/', async (c, next) => {
          await c.req.text()
          await next()
        }),
    ],
    [
      'c.req.formData()',
      () => ({ method: 'POST', body: form() }),
      (app) =>
        app.hono.use('/', async (c, next) => {
          await c.req.formData()
          await next()
        }),
    ],
    ['a middleware that reads none', () => json, (app) => app.hono.use('/', csrf())],
  ])('is there for the app after %s', async (_what, init, mount) => {
    const app = testApp()
    mount(app)
    app.post('/', async (req, res) => res.json(await req.body))
    expect(await (await app.request('/', init())).json()).toEqual({ item: 'é' })
    expect(await (await fetch(await serve(app), init())).json()).toEqual({ item: 'é' })
  })

  test('is there for Hono after the app, also while the app is reading', async () => {
    const app = testApp()
    app.use(async (req, _res, next) => {
      if (req.path === '/read') await req.body
      else void req.body
      await next()
    })
    app.hono.post('/*', async (c) => c.json([await c.req.json(), await c.req.text()]))
    const url = await serve(app)
    for (const path of ['/read', '/reading']) {
      const response = await fetch(`${url}${path}`, json)
      expect(await response.json()).toEqual([{ item: 'é' }, '{"item":"é"}'])
    }
  })

  test('is a 413 over the limit for whoever asks, and ends no process', async () => {
    const app = testApp({ bodyLimit: 4 })
    app.use((req, _res, next) => {
      void req.body
      return next()
    })
    app.hono.post('/read', async (c) => c.text(await c.req.text()))
    app.hono.post('/left', (c) => c.text('left'))
    expect((await app.request('/read', json)).status).toBe(413)
    expect((await app.request('/left', json)).status).toBe(200)
    const after = testApp({ bodyLimit: 4 })
    after.hono.use(
      '/',
      validator('json', (value) => value),
    )
    after.post('/', async (req, res) => res.json(await req.body))
    expect((await after.request('/', json)).status).toBe(413)
  })
})

test('HEAD of text has the ETag of its GET below an outer app of Hono that routes to this one', async () => {
  const app = testApp()
  app.get('/', (_req, res) => res.text('hello'))
  const outer = new Hono().use(etag()).route('/', app.hono)
  const [got, head] = await Promise.all(
    ['GET', 'HEAD'].map(async (method) => (await outer.request('/', { method })).headers.get('etag')),
  )
  expect([head, got === null]).toEqual([got, false])
})
