import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { App, AppOptions } from '../../src/app/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/index.ts'
import { Visitor } from '../../src/testing/visitor.ts'
import { serve, testApp } from './serving.ts'

interface Data {
  n: number
}

/** Makes an app that notes the paths of the requests Hono is given. */
function watchedApp(options: Partial<AppOptions<Data>> = {}): { app: App<Data>; toHono: string[] } {
  const app = testApp<Data>(options)
  const toHono: string[] = []
  const { router } = app.hono
  const match = router.match.bind(router)
  router.match = (method, path) => {
    toHono.push(path)
    return match(method, path)
  }
  return { app, toHono }
}

/** Sends a request as it is, and gives all that comes back but the time. */
async function exchange(url: string, head: string): Promise<string> {
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(`${head}\r\nConnection: close\r\n\r\n`)
  return (await text(socket)).replace(/Date: .*/, 'Date: now').replace(/sid=[^;]*/, 'sid=a-ticket')
}

/** The same answer with the lines of its head in the order of the alphabet. */
function sortedHead(answer: string): string {
  const end = answer.indexOf('\r\n\r\n')
  const [status, ...headers] = answer.slice(0, end).split('\r\n')
  return [status, ...headers.map((line) => line.toLowerCase()).sort(), answer.slice(end)].join('\n')
}

/** Waits until a server of this process has learnt that the client of its next request is gone. */
async function clientGone(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>()
  const onRequest = (message: unknown): void => {
    const response =
      typeof message === 'object' && message !== null && 'response' in message && message.response
    if (response instanceof ServerResponse) resolve(response)
  }
  subscribe('http.server.request.start', onRequest)
  const response = await promise
  unsubscribe('http.server.request.start', onRequest)
  await once(response, 'close')
}

describe('a plain request at a Node server', () => {
  test('is answered without Hono, its session and the middleware before it included', async () => {
    const { app, toHono } = watchedApp()
    app.use((req, res, next) => {
      res.locals.seen = [req.method, req.path, req.url, res.statusCode, res.headersSent]
      return next()
    })
    app.get('/count', (req, res) => {
      req.session.n = (req.session.n ?? 0) + 1
      res.json({ n: req.session.n, seen: res.locals.seen })
    })
    const visitor = new Visitor(await serve(app))
    const seen = ['GET', '/count', '/count?page=2', 200, false]
    for (const n of [1, 2, 3]) {
      expect(await (await visitor.get('/count?page=2')).json()).toEqual({ n, seen })
    }
    expect(toHono).toEqual([])
  })

  test('has its parameters and its query without Hono', async () => {
    const { app, toHono } = watchedApp()
    app.get('/users/:id/:page?', (req, res) => res.json({ params: req.params, query: req.query }))
    const url = await serve(app)
    const ask = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json()
    expect(await ask('/users/17')).toEqual({ params: { id: '17' }, query: {} })
    expect(await ask('/users/a-b/2?q=tea+time&x=1&x=2')).toEqual({
      params: { id: 'a-b', page: '2' },
      query: { q: 'tea time', x: ['1', '2'] },
    })
    expect(toHono).toEqual([])
    expect(await ask('/users/caf%C3%A9?q=%26')).toEqual({ params: { id: 'café' }, query: { q: '&' } })
  })

  test.each<[string, (app: App<Data>) => void]>([
    ['headers', (app) => app.get('/a', (req, res) => res.text(req.get('host') ?? ''))],
    ['a header of its own', (app) => app.get('/a', (_req, res) => res.set('x-a', '1').end())],
    ['a stream', (app) => app.get('/a', (_req, res) => res.send(new Blob(['a']).stream()))],
    ['a web Response', (app) => app.get('/a', () => new Response('a'))],
    ['a redirect', (app) => app.get('/a', (_req, res) => res.redirect('/b'))],
    ['a route that only Hono has', (app) => app.hono.get('/a', (c) => c.text('a'))],
    ['no route', () => {}],
    ['an error', (app) => app.get('/a', (_req, _res, next) => next(new TypeError('a')))],
  ])('is given to Hono once, for %s', async (_what, route) => {
    const { app, toHono } = watchedApp({ onError: () => {} })
    route(app)
    await (await fetch(`${await serve(app)}/a`, { redirect: 'manual' })).text()
    expect(toHono).toEqual(['/a'])
  })

  test.each<[string, (app: App<Data>) => void]>([
    ['JSON', (app) => app.get('/a', (_req, res) => res.json({ a: 'ä' }))],
    ['text, with a status', (app) => app.get('/a', (_req, res) => res.status(203).text('a €'))],
    ['bytes', (app) => app.get('/a', (_req, res) => res.send(new Uint8Array([1, 2, 3])))],
    ['nothing', (app) => app.get('/a', (_req, res) => res.end())],
    ['an empty text', (app) => app.get('/a', (_req, res) => res.text(''))],
    ['a 204', (app) => app.get('/a', (_req, res) => res.status(204).end())],
    ['a 304', (app) => app.get('/a', (_req, res) => res.status(304).text('never sent'))],
    [
      'a new session',
      (app) =>
        app.get('/a', (req, res) => {
          req.session.n = 1
          res.json({})
        }),
    ],
    ['a session looked at', (app) => app.get('/a', (req, res) => res.json(req.session.n ?? null))],
  ])('gets byte for byte what Hono would send for it: %s', async (_what, route) => {
    const answer = async (app: App<Data>): Promise<string> => {
      route(app)
      return exchange(await serve(app), 'GET /a HTTP/1.1\r\nHost: 127.0.0.1:3000')
    }
    const throughHono = testApp<Data>()
    throughHono.hono.use((_c, next) => next())
    const direct = await answer(testApp<Data>())
    expect(sortedHead(direct)).toBe(sortedHead(await answer(throughHono)))
    expect(direct).toMatch(/^HTTP\/1\.1 [23]\d\d /)
  })

  test.each(['a b', '1:80', '999.1.1.1:80', 'a.1:0', 'a:60000', 'a:99999'])(
    'with the host %s is answered as Hono would',
    async (host) => {
      const answers: string[] = []
      for (const through of [false, true]) {
        const app = testApp<Data>()
        if (through) app.hono.use((_c, next) => next())
        app.get('/a', (req, res) => res.set('x-a', '1').text(req.raw.method))
        answers.push(await exchange(await serve(app), `GET /a HTTP/1.1\r\nHost: ${host}`))
      }
      expect(sortedHead(answers[0] ?? '')).toBe(sortedHead(answers[1] ?? ''))
    },
  )

  test('goes through what was put around the fetch of Hono', async () => {
    const { app } = watchedApp()
    const { fetch: fetchOfHono } = app.hono
    app.hono.fetch = async (request, ...others) => {
      if (request.url.endsWith('/mine')) return new Response('mine')
      return fetchOfHono(request, ...others)
    }
    let runs = 0
    app.get('/:name', (req, res) => res.set('x-a', '1').text(`${req.params.name} ${++runs}`))
    const url = await serve(app)
    expect(await (await fetch(`${url}/mine`)).text()).toBe('mine')
    expect(await (await fetch(`${url}/a`)).text()).toBe('a 1')
  })
})

describe('a request that is given to Hono when its handlers have begun', () => {
  test('has the route and the parameters of the handler that asks', async () => {
    const { app, toHono } = watchedApp()
    const seen: unknown[] = []
    app.use('/users/:name', async (req, _res, next) => {
      await next()
      seen.push(req.params)
    })
    app.get('/users/:id', (_req, _res, next) => next())
    app.get('/users/:number', (req, res) => {
      seen.push(req.params)
      expect(req.raw.url).toMatch(/17$/)
      seen.push(req.params)
      return res.end()
    })
    await (await fetch(`${await serve(app)}/users/17`)).text()
    expect(seen).toEqual([{ number: '17' }, { number: '17' }, { name: '17' }])
    expect(toHono).toEqual(['/users/17'])
  })

  test('keeps the route of the last handler while nobody is left to answer', async () => {
    const { app } = watchedApp()
    const seen: unknown[] = []
    app.use('/users/:name', async (req, _res, next) => {
      const handedOn = next()
      seen.push(req.params)
      await handedOn
      seen.push(req.params)
    })
    expect((await fetch(`${await serve(app)}/users/17`)).status).toBe(404)
    expect(seen).toEqual([{ name: '17' }, { name: '17' }])
  })

  test('is not mixed up with one that is there at the same time', async () => {
    const { app } = watchedApp()
    const { promise: goOn, resolve } = Promise.withResolvers<void>()
    let waiting = 0
    app.get('/wait/:name', async (req, res) => {
      if (++waiting === 3) resolve()
      await goOn
      req.session.n = Number(req.params.name)
      return res.json({ name: req.params.name, asked: req.query.q })
    })
    app.get('/n', (req, res) => res.json(req.session.n))
    const url = await serve(app)
    const answers = await Promise.all(
      ['1', '2', '3'].map(async (name) => {
        const visitor = new Visitor(url)
        const answer = await (await visitor.get(`/wait/${name}?q=${name}`)).json()
        return [answer, await (await visitor.get('/n')).json()]
      }),
    )
    expect(answers).toEqual(['1', '2', '3'].map((name) => [{ name, asked: name }, Number(name)]))
  })

  test('ends no process when Hono does not give it back, and is given once', async () => {
    const { app, toHono } = watchedApp()
    const { router } = app.hono
    const match = router.match.bind(router)
    router.match = (method, path) => {
      match(method, path)
      throw new Error('not today')
    }
    app.get('/a', (_req, res) => res.set('x-a', '1').text('a'))
    const response = await fetch(`${await serve(app)}/a`)
    expect(response.status).toBe(500)
    expect(toHono).toEqual(['/a'])
  })

  test('learns that its client has left before', async () => {
    const { app } = watchedApp()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: left, resolve: leave } = Promise.withResolvers<void>()
    const { promise: aborted, resolve: tell } = Promise.withResolvers<boolean>()
    app.get('/a', async (req, res) => {
      begin()
      await left
      tell(req.raw.signal.aborted)
      return res.end()
    })
    const url = new URL(await serve(app))
    const gone = clientGone()
    const socket = connect(Number(url.port), url.hostname)
    onTestFinished(() => void socket.destroy())
    socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n')
    await begun
    socket.destroy()
    await gone
    leave()
    expect(await aborted).toBe(true)
  })

  test.each(['load', 'save'] as const)('is answered with a 503 when the %s fails [P2]', async (what) => {
    const store = faultyStore(new MemorySessionStore())
    const { app, toHono } = watchedApp({ sessionStore: store, onError: () => {} })
    app.get('/login', (req, res) => {
      req.session.n = 1
      res.json({})
    })
    app.get('/count', (req, res) => {
      req.session.n = (req.session.n ?? 0) + 1
      res.json({ n: req.session.n })
    })
    const visitor = new Visitor(await serve(app))
    await visitor.get('/login')
    store.fail(what === 'load' ? 'get' : 'replace', { how: 'reject' })
    const response = await visitor.get('/count')
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []])
    expect(await response.json()).toEqual({ error: expect.stringContaining('Try again') })
    expect(toHono).toEqual(['/count'])
    store.heal()
    expect(await (await visitor.get('/count')).json()).toEqual({ n: 2 })
  })
})
