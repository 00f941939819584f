import { serve } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'
import { session as fetchSession } from '../../src/adapters/fetch.ts'
import { session as honoSession, type SessionEnv } from '../../src/adapters/hono.ts'
import { createApp } from '../../src/app/index.ts'
import { createSessions, type Session, type SessionStore } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { laterStore } from '../engine/later-store.ts'
import { SECRET } from '../engine/start.ts'

interface Data {
  userId: string
}

type Answer = (path: string, init?: RequestInit) => Promise<Response>

/** Makes an app whose `/login` signs in, whose `/clear` signs out, and which answers all with one and the same response. */
type MakeApp = (shared: Response, store: SessionStore) => Promise<Answer> | Answer

function act(path: string, session: Session<Data>): void {
  if (path === '/login') session.userId = 'ann'
  if (path === '/clear') session.clear()
}

function sessionsOn(store: SessionStore) {
  return createSessions<Data>({ secret: SECRET, store })
}

async function listening({ fetch: answer }: Pick<Hono<SessionEnv<Data>>, 'fetch'>): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<number>()
  const server = serve({ fetch: answer, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port))
  onTestFinished(() => void server.close())
  const port = await promise
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

function honoApp(shared: Response, store: SessionStore): Hono<SessionEnv<Data>> {
  const app = new Hono<SessionEnv<Data>>()
  app.use(honoSession(sessionsOn(store)))
  return app.get('*', (c) => {
    act(c.req.path, c.var.session)
    return shared
  })
}

function fetchApp(shared: Response, store: SessionStore) {
  return fetchSession<Data, unknown[]>(sessionsOn(store), (request, { session }) => {
    act(new URL(request.url).pathname, session)
    return shared
  })
}

const APPS: readonly [string, MakeApp][] = [
  [
    'fetch',
    (shared, store) => {
      const handler = fetchApp(shared, store)
      return (path) => handler(new Request(`http://localhost${path}`))
    },
  ],
  ['fetch at its Node server', (shared, store) => listening({ fetch: fetchApp(shared, store) })],
  [
    'Hono',
    (shared, store) => {
      const app = honoApp(shared, store)
      return async (path) => app.request(path)
    },
  ],
  ['Hono at its Node server', (shared, store) => listening(honoApp(shared, store))],
  [
    'the app',
    async (shared, sessionStore) => {
      const app = createApp<Data>({ sessionSecret: SECRET, sessionStore })
      app.get('*', (req) => {
        act(req.path, req.session)
        return shared
      })
      const { url } = await app.listen(0, '127.0.0.1')
      onTestFinished(() => app.close())
      return (path) => fetch(`${url}${path}`)
    },
  ],
]

describe.each(APPS)('on %s, a response that a handler gives to many', (_name, makeApp) => {
  test('carries the cookie of a session to its own visitor alone [P9]', async () => {
    for (const store of [new MemorySessionStore(), laterStore(new MemorySessionStore())]) {
      const answer = await makeApp(new Response(null, { status: 204, headers: { 'x-own': '1' } }), store)
      const login = await answer('/login')
      expect([login.status, login.headers.get('x-own')]).toEqual([204, '1'])
      expect(login.headers.getSetCookie()).toHaveLength(1)
      const ping = await answer('/ping')
      expect([ping.status, ping.headers.getSetCookie()]).toEqual([204, []])
      const again = await answer('/login')
      expect(again.headers.getSetCookie()).toHaveLength(1)
      expect(again.headers.getSetCookie()).not.toEqual(login.headers.getSetCookie())
    }
  })
})

test('a response with a body arrives whole with its cookie, its status and its headers [P9]', async () => {
  const app = new Hono<SessionEnv<Data>>()
  app.use(honoSession(sessionsOn(new MemorySessionStore())))
  app.get('/login', (c) => {
    c.var.session.userId = 'ann'
    return new Response('welcome', { status: 201, statusText: 'Made', headers: { 'x-own': '1' } })
  })
  const answer = await listening(app)
  const response = await answer('/login')
  expect([response.status, await response.text(), response.headers.get('x-own')]).toEqual([
    201,
    'welcome',
    '1',
  ])
  expect(response.headers.getSetCookie()).toHaveLength(1)
})

test('a page that a handler asks the app for has its cookie to itself, with what the runtime gave handed on [P9]', async () => {
  const app = new Hono<SessionEnv<Data>>()
  app.use(honoSession(sessionsOn(new MemorySessionStore())))
  app.get('/internal', (c) => {
    c.var.session.userId = 'a-service'
    return c.text('inner')
  })
  app.get('/page', async (c) => {
    const inner = await app.request('/internal', {}, c.env)
    return c.json(inner.headers.getSetCookie().length)
  })
  const response = await (await listening(app))('/page')
  expect(await response.json()).toBe(1)
  expect(response.headers.getSetCookie()).toEqual([])
})

test('what stands around the sessions at a Node server sees that a response with a cookie is for one [A17]', async () => {
  const seen: (string | null)[] = []
  const app = new Hono<SessionEnv<Data>>()
  app.use(async (c, next) => {
    await next()
    seen.push(c.res.headers.get('cache-control'), c.res.headers.get('vary'))
  })
  app.use(honoSession(sessionsOn(new MemorySessionStore())))
  app.get('/login', (c) => {
    act('/login', c.var.session)
    return c.text('in', 200, { 'cache-control': 'public, max-age=600' })
  })
  const response = await (await listening(app))('/login')
  expect(seen).toEqual(['private, max-age=600', 'Cookie'])
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.getSetCookie()).toHaveLength(1)
})

test('what a middleware further out says to shared caches does not leave a Node server beside a session [P9]', async () => {
  const app = new Hono<SessionEnv<Data>>()
  app.use(async (c, next) => {
    await next()
    c.header('cache-control', 'public, max-age=600')
  })
  app.use(honoSession(sessionsOn(new MemorySessionStore())))
  app.get('/read', (c) => c.text(c.var.session.userId ?? 'nobody'))
  app.get('/plain', (c) => c.text('the same for all'))
  const answer = await listening(app)
  const read = await answer('/read')
  expect(await read.text()).toBe('nobody')
  expect(read.headers.get('cache-control')).toBe('private, max-age=600')
  expect(read.headers.get('vary')).toBe('Cookie')
  expect((await answer('/plain')).headers.get('cache-control')).toBe('public, max-age=600')
})

test('a copy that is kept inside the app is told what caches may do with it [P9]', async () => {
  const kept: Response[] = []
  const app = new Hono<SessionEnv<Data>>()
  app.use(async (c, next) => {
    await next()
    kept.push(c.res.clone())
  })
  app.use(honoSession(sessionsOn(new MemorySessionStore())))
  app.get('/read', (c) => c.text(c.var.session.userId ?? 'nobody', 200, { 'cache-control': 'public' }))
  const response = await (await listening(app))('/read')
  expect(await response.text()).toBe('nobody')
  expect(kept.map(({ headers }) => headers.get('cache-control'))).toEqual(['private'])
  expect(await kept[0]?.text()).toBe('nobody')
})

test('a cache inside the app is told whose a page is at a Node server that was fetched from elsewhere [P9]', async () => {
  const elsewhere = await listening({
    fetch: () => new Response('a page', { headers: { 'cache-control': 'public' } }),
  })
  const told: (string | null)[] = []
  const app = new Hono<SessionEnv<Data>>()
  app.use(async (c, next) => {
    await next()
    told.push(c.res.headers.get('cache-control'), c.res.headers.get('vary'))
  })
  app.use(honoSession(sessionsOn(new MemorySessionStore())))
  app.get('/read', async (c) =>
    (c.var.session.userId ?? 'nobody') === 'ann' ? c.text('hers') : elsewhere('/'),
  )
  const response = await (await listening(app))('/read')
  expect(await response.text()).toBe('a page')
  expect(told).toEqual(['private', 'Cookie'])
})

const SETS_A_HEADER: [string, MiddlewareHandler] = [
  'sets a header',
  async (c, next) => {
    await next()
    c.header('x-response-time', '1')
  },
]
const PUTS_A_COPY: [string, MiddlewareHandler] = [
  'puts a copy in its place',
  async (c, next) => {
    await next()
    replace(c, new Response(c.res.body, c.res))
  },
]

const LOOKERS: readonly [string, MiddlewareHandler][] = [
  ['looks into nothing', (_c, next) => next()],
  SETS_A_HEADER,
  PUTS_A_COPY,
  [
    'keeps a clone for a log',
    async (c, next) => {
      await next()
      c.res.clone()
    },
  ],
]

/** Has an app answer somebody who reads a session, and gives what is told of whose the page is. */
async function toldOf(
  toldBy: (c: Context) => Headers,
  ...[above, below]: (MiddlewareHandler | undefined)[]
): Promise<{ told: (string | null)[]; text: string }> {
  const told: (string | null)[] = []
  const app = new Hono<SessionEnv<Data>>()
  app.use(async (c, next) => {
    await next()
    const headers = toldBy(c)
    told.push(headers.get('cache-control'), headers.get('vary'))
  })
  if (above !== undefined) app.use(above)
  app.use(honoSession(sessionsOn(new MemorySessionStore())))
  if (below !== undefined) app.use(below)
  app.get('/read', (c) => c.text(c.var.session.userId ?? 'nobody', 200, { 'cache-control': 'public' }))
  const response = await (await listening(app))('/read')
  return { told, text: await response.text() }
}

function replace(c: Context, response: Response): void {
  c.res = undefined
  c.res = response
}

test.each(LOOKERS)(
  'a page put together from a response is told whose it is at a Node server, also where a middleware below the sessions %s [P9]',
  async (_what, looker) => {
    const around = (c: Context): Headers => {
      replace(c, new Response('a page around it', c.res))
      return c.res.headers
    }
    const { told, text } = await toldOf(around, undefined, looker)
    expect(text).toBe('a page around it')
    expect(told).toEqual(['private', 'Cookie'])
  },
)

const COPIERS: readonly [string, MiddlewareHandler][] = [
  SETS_A_HEADER,
  PUTS_A_COPY,
  [
    'puts one with another text in its place',
    async (c, next) => {
      await next()
      replace(c, new Response(`${await c.res.text()}!`, c.res))
    },
  ],
]

test.each(COPIERS)(
  'a cache inside the app is told whose a page is at a Node server, also when a middleware further in %s [P9]',
  async (_what, copier) => {
    const { told, text } = await toldOf((c) => c.res.headers, copier)
    expect(text).toMatch(/^nobody/)
    expect(told).toEqual(['private', 'Cookie'])
  },
)

describe('a page that a middleware above the sessions asks the app for, to keep it for visitors without cookies', () => {
  /** Makes an app that asks itself for each page before it answers, and hands on what the runtime gave. */
  function filling(store: SessionStore, ask: (request: Request) => Request): Hono<SessionEnv<Data>> {
    const app = new Hono<SessionEnv<Data>>()
    app.use(async (c, next) => {
      if (c.req.header('x-fill') === undefined) {
        const page = await app.fetch(ask(c.req.raw), c.env)
        await page.text()
      }
      await next()
    })
    app.use(honoSession(sessionsOn(store)))
    return app.all('/', (c) => {
      const { userId } = c.var.session
      c.var.session.userId = c.req.header('x-fill') ?? c.req.header('x-name') ?? userId ?? 'nobody'
      return c.text(c.var.session.userId)
    })
  }

  const ASKED: readonly [string, (request: Request) => Request][] = [
    ['a request of its own', ({ url }) => new Request(url, { headers: { 'x-fill': 'fill' } })],
    [
      'a clone',
      (request) => {
        const clone = request.clone()
        clone.headers.delete('cookie')
        clone.headers.set('x-fill', 'fill')
        return clone
      },
    ],
  ]

  test.each(ASKED)(
    "by %s, sets none of the visitor's cookies at a Node server [P5] [P9]",
    async (_how, ask) => {
      const answer = await listening(filling(new MemorySessionStore(), ask))
      const login = await answer('/', { method: 'POST', headers: { 'x-name': 'ann' } })
      expect(await login.text()).toBe('ann')
      const [cookie = '', ...more] = login.headers.getSetCookie()
      expect(more).toEqual([])
      for (let visit = 0; visit < 2; visit++) {
        const page = await answer('/', { headers: { cookie } })
        expect([await page.text(), page.headers.getSetCookie()]).toEqual(['ann', []])
      }
    },
  )
})
