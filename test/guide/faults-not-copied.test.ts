import { expect, test } from 'vitest'
import { createApp } from '../../src/app/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { createClock, faultyStore } from '../../src/testing/index.ts'
import { visitorOf } from '../app/serving.ts'

// What the guide's own system gets wrong, and what happens here instead.

const sessionSecret = 'your-secret-key-min-32-characters-long!'

async function body(response: Response | Promise<Response>): Promise<unknown> {
  return (await response).json()
}

test('its login keeps the id a visitor came with: here the id changes by itself [P5] [A01]', async () => {
  const app = createApp<{ userId: string; theme: string }>({ sessionSecret })
  app.get('/visit', (req, res) => {
    req.session.theme = 'dark'
    return res.json({ id: req.session.id })
  })
  app.post('/login', (req, res) => {
    req.session.userId = '123'
    return res.json({ success: true })
  })
  app.get('/', (req, res) => res.json({ ...req.session.toJSON(), id: req.session.id }))
  const visitor = await visitorOf(app)
  const before = Object(await body(visitor.get('/visit')))
  const planted = visitor.cookieHeader
  await visitor.post('/login')
  const after = Object(await body(visitor.get('/')))
  expect(after).toMatchObject({ userId: '123', theme: 'dark' })
  expect(after.id).not.toBe(before.id)
  visitor.cookies.clear()
  expect(await body(visitor.get('/', { headers: { cookie: planted } }))).not.toHaveProperty('userId')
})

test('its reads never extend the idle time: here they do [P8]', async () => {
  const clock = createClock()
  const app = createApp<{ userId: string }>({
    sessionSecret,
    session: { now: clock.now, idleTimeout: '30m' },
  })
  app.post('/login', (req, res) => {
    req.session.userId = '123'
    return res.end()
  })
  app.get('/', (req, res) => res.json({ userId: req.session.userId ?? null }))
  const visitor = await visitorOf(app)
  await visitor.post('/login')
  for (let read = 0; read < 10; read++) {
    clock.advance('20m')
    expect(await body(visitor.get('/'))).toEqual({ userId: '123' })
  }
  clock.advance('30m')
  expect(await body(visitor.get('/'))).toEqual({ userId: null })
})

test('its timeout is written by hand: here absoluteTimeout ends a session whatever it does [P8]', async () => {
  const clock = createClock()
  const app = createApp<{ userId: string }>({
    sessionSecret,
    session: { now: clock.now, idleTimeout: '1h', absoluteTimeout: '8h' },
  })
  app.post('/login', (req, res) => {
    req.session.userId = '123'
    return res.end()
  })
  app.get('/', (req, res) => res.json({ userId: req.session.userId ?? null }))
  const visitor = await visitorOf(app)
  await visitor.post('/login')
  for (let halfHours = 1; halfHours < 16; halfHours++) {
    clock.advance('30m')
    expect(await body(visitor.get('/'))).toEqual({ userId: '123' })
  }
  clock.advance('30m')
  expect(await body(visitor.get('/'))).toEqual({ userId: null })
})

test('its failed load becomes an empty session that overwrites the real one: here it is a 503 [P11]', async () => {
  const store = faultyStore(new MemorySessionStore())
  const app = createApp<{ count: number }>({ sessionSecret, sessionStore: store, onError: () => {} })
  app.get('/counter', (req, res) => {
    req.session.count = (req.session.count ?? 0) + 1
    return res.json({ visits: req.session.count })
  })
  const visitor = await visitorOf(app)
  await visitor.get('/counter')
  await visitor.get('/counter')
  store.fail('get', { nth: 1 })
  const failed = await visitor.get('/counter')
  expect(failed.status).toBe(503)
  expect(failed.headers.getSetCookie()).toEqual([])
  expect(await body(visitor.get('/counter'))).toEqual({ visits: 3 })
})

test('its sessions may be unsigned: here a cookie without a signature is no session [A05]', async () => {
  const app = createApp<{ userId: string }>({ sessionSecret })
  app.post('/login', (req, res) => {
    req.session.userId = '123'
    return res.end()
  })
  app.get('/', (req, res) => res.json({ userId: req.session.userId ?? null }))
  const visitor = await visitorOf(app)
  await visitor.post('/login')
  const [token = ''] = (visitor.cookies.get('sid') ?? '').split('.')
  expect(token).toHaveLength(43)
  visitor.cookies.clear()
  expect(await body(visitor.get('/', { headers: { cookie: `sid=${token}` } }))).toEqual({ userId: null })
})

test('its two requests at once lose an update: here both keys survive, and update counts each [P3]', async () => {
  const app = createApp<{ count: number; name: string; theme: string }>({ sessionSecret })
  app.post('/:key/:value', async (req, res) => {
    const { key, value } = req.params
    if (key === 'name' || key === 'theme') req.session[key] = value
    await new Promise((resolve) => setImmediate(resolve))
    await req.session.update((session) => {
      session.count = (session.count ?? 0) + 1
    })
    return res.end()
  })
  app.get('/', (req, res) => res.json(req.session))
  const visitor = await visitorOf(app)
  await visitor.post('/name/Nobody')
  const requests = Array.from({ length: 20 }, (_, at) =>
    visitor.post(at % 2 === 0 ? '/name/Ada' : '/theme/dark'),
  )
  await Promise.all(requests)
  expect(await body(visitor.get('/'))).toEqual({ name: 'Ada', theme: 'dark', count: 21 })
})
