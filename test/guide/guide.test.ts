import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createApp, type Handler } from '../../src/app/index.ts'
import { secret } from '../../src/cli/secret.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { createClock } from '../../src/testing/index.ts'
import { Visitor } from '../../src/testing/visitor.ts'
import { serve, visitorOf } from '../app/serving.ts'
import { RedisClient, RedisSessionStore } from './redis-session-store.ts'

// The sessions guide of the system this one follows, from top to bottom: each example as a reader would write it here.

const SECRET = 'your-secret-key-min-32-characters-long!'

async function read(response: Response | Promise<Response>): Promise<[number, unknown]> {
  const answer = await response
  return [answer.status, await answer.json()]
}

beforeEach(() => {
  vi.stubEnv('SESSION_SECRET', SECRET)
})

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('Quick Start', () => {
  test('sessions work with a secret and nothing else', async () => {
    const app = createApp({ sessionSecret: 'your-secret-key-min-32-characters-long!' })
    app.get('/counter', (req, res) => {
      const count = (req.session.count ?? 0) + 1
      req.session.count = count
      res.json({ visits: count })
    })
    const visitor = await visitorOf(app)
    expect(await read(visitor.get('/counter'))).toEqual([200, { visits: 1 }])
    expect(await read(visitor.get('/counter'))).toEqual([200, { visits: 2 }])
  })

  test('the guide’s index access works by itself', async () => {
    const app = createApp({ sessionSecret: SECRET })
    app.get('/counter', (req, res) => {
      // biome-ignore lint/complexity/useLiteralKeys: the guide's own spelling
      const count = (req.session['count'] ?? 0) + 1
      // biome-ignore lint/complexity/useLiteralKeys: the guide's own spelling
      req.session['count'] = count
      res.json({ visits: count })
    })
    const visitor = await visitorOf(app)
    await visitor.get('/counter')
    expect(await read(visitor.get('/counter'))).toEqual([200, { visits: 2 }])
  })
})

describe('How Sessions Work', () => {
  test('first request without cookie, a signed cookie in the response, the same session afterwards', async () => {
    const app = createApp({ sessionSecret: SECRET })
    app.get('/', (req, res) => {
      req.session.seen = true
      res.json({ isNew: req.session.isNew })
    })
    const visitor = await visitorOf(app)
    const first = await visitor.get('/')
    expect(await first.json()).toEqual({ isNew: true })
    expect(first.headers.get('set-cookie')).toMatch(
      /^sid=[\w-]{43}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    expect(await read(visitor.get('/'))).toEqual([200, { isNew: false }])
  })
})

describe('Accessing Sessions', () => {
  test('reading, writing and deleting data', async () => {
    const app = createApp<{ userId: string; username: string; loginTime: string }>({ sessionSecret: SECRET })
    app.get('/profile', (req, res) => {
      const userId = req.session.userId
      const username = req.session.username
      if (userId === undefined) {
        return res.status(401).json({ error: 'Not logged in' })
      }
      return res.json({ userId, username })
    })
    app.post('/login', async (req, res) => {
      const body = await req.body
      req.session.userId = '123'
      req.session.username = body.username
      req.session.loginTime = new Date().toISOString()
      res.json({ success: true })
    })
    app.post('/logout', (req, res) => {
      req.session.clear()
      res.json({ message: 'Logged out' })
    })
    const visitor = await visitorOf(app)
    expect(await read(visitor.get('/profile'))).toEqual([401, { error: 'Not logged in' }])
    expect(await read(visitor.post('/login', { username: 'ada' }))).toEqual([200, { success: true }])
    expect(await read(visitor.get('/profile'))).toEqual([200, { userId: '123', username: 'ada' }])
    expect(await read(visitor.post('/logout'))).toEqual([200, { message: 'Logged out' }])
    expect(visitor.cookies.size).toBe(0)
    expect(await read(visitor.get('/profile'))).toEqual([401, { error: 'Not logged in' }])
  })
})

describe('Session Stores', () => {
  test('the memory store is the default, and its data ends with the server', async () => {
    const withStore = createApp({ sessionSecret: SECRET, sessionStore: new MemorySessionStore() })
    const withDefault = createApp({ sessionSecret: SECRET })
    const answers: unknown[] = []
    let cookie = ''
    for (const app of [withStore, withDefault]) {
      app.get('/', (req, res) => {
        req.session.n = (req.session.n ?? 0) + 1
        res.json(req.session.n)
      })
      const url = await serve(app)
      const first = await fetch(url, { headers: { cookie } })
      cookie = first.headers.get('set-cookie') ?? ''
      const second = await fetch(url, { headers: { cookie } })
      answers.push(await first.json(), await second.json())
    }
    expect(answers).toEqual([1, 2, 1, 2])
  })

  test('a custom store with get, set, destroy and dispose', async () => {
    const clock = createClock()
    const redis = new RedisClient(clock)
    const app = createApp<{ userId: string }>({
      sessionSecret: SECRET,
      sessionStore: new RedisSessionStore(redis),
      session: { now: clock.now },
    })
    app.post('/login', (req, res) => {
      req.session.userId = '123'
      res.json({ success: true })
    })
    app.get('/profile', (req, res) => res.json({ userId: req.session.userId ?? null }))
    app.post('/logout', (req, res) => {
      req.session.clear()
      res.json({ message: 'Logged out' })
    })
    const { url } = await app.listen(0, '127.0.0.1')
    const visitor = new Visitor(url)
    await visitor.post('/login')
    const [key = ''] = [...redis.texts.keys()]
    expect(key).toMatch(/^session:[\w-]{43}$/)
    // 24 hours by default, and the key opens no session: the cookie's token is not in it.
    expect(redis.texts.get(key)?.until).toBe(clock.now() + 24 * 3_600_000)
    expect(visitor.cookies.get('sid')).not.toContain(key.slice('session:'.length))
    expect(await read(visitor.get('/profile'))).toEqual([200, { userId: '123' }])
    await visitor.post('/logout')
    expect(redis.texts.size).toBe(0)
    await visitor.post('/login')
    clock.advance('25h')
    expect(await read(visitor.get('/profile'))).toEqual([200, { userId: null }])
    await app.close()
    expect(redis.open).toBe(false)
  })
})

describe('Session Configuration', () => {
  test('a missing, a short or a monotonous secret is refused [P12]', () => {
    vi.stubEnv('SESSION_SECRET', undefined)
    expect(() => createApp({ sessionSecret: process.env.SESSION_SECRET })).toThrow('sessionSecret is missing')
    expect(() => createApp({ sessionSecret: 'secret' })).toThrow('32 is the least')
    expect(() => createApp({ sessionSecret: 'x'.repeat(64) })).toThrow('not random')
  })

  test('the secret comes from the environment, and rotates', async () => {
    const sessionStore = new MemorySessionStore()
    const before = createApp({ sessionSecret: process.env.SESSION_SECRET, sessionStore })
    before.get('/', (req, res) => {
      req.session.name = 'Ada'
      res.end()
    })
    const cookie = (await before.request('/')).headers.get('set-cookie') ?? ''
    const after = createApp({ sessionSecret: [secret(), process.env.SESSION_SECRET], sessionStore })
    after.get('/', (req, res) => res.json(req.session))
    expect(await read(after.request('/', { headers: { cookie } }))).toEqual([200, { name: 'Ada' }])
  })

  test('secure cookies are for HTTPS only', async () => {
    const app = createApp({ sessionSecret: SECRET, secureCookies: true })
    app.get('/', (req, res) => {
      req.session.n = 1
      res.end()
    })
    const response = await (await visitorOf(app)).get('/')
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-Http-sid=.*; Secure/)
  })

  test('the cookie’s name', async () => {
    const app = createApp({ sessionSecret: SECRET, sessionCookieName: 'my_app_session' })
    app.get('/', (req, res) => {
      req.session.n = 1
      res.end()
    })
    const visitor = await visitorOf(app)
    await visitor.get('/')
    expect([...visitor.cookies.keys()]).toEqual(['my_app_session'])
  })
})

interface Login {
  userId: string
  email: string
  loginAt: string
}

const requireAuth: Handler<Login> = async (req, res, next) => {
  if (!req.session.has('userId')) {
    return res.status(401).json({ error: 'Authentication required' })
  }
  await next()
}

function loginApp(): ReturnType<typeof createApp<Login>> {
  const app = createApp<Login>({ sessionSecret: process.env.SESSION_SECRET, secureCookies: true })
  app.post('/login', async (req, res) => {
    const body = await req.body
    const email = body.email
    const password = body.password
    if (email === 'user@example.com' && password === 'password') {
      req.session.userId = '123'
      req.session.email = email
      req.session.loginAt = new Date().toISOString()
      return res.json({ success: true })
    }
    return res.status(401).json({ error: 'Invalid credentials' })
  })
  app.get('/dashboard', requireAuth, (req, res) => {
    res.json({ user: req.session.email, loggedIn: true })
  })
  app.post('/logout', (req, res) => {
    req.session.clear()
    res.json({ message: 'Logged out successfully' })
  })
  return app
}

describe('Authentication Example', () => {
  test('the complete login and logout flow', async () => {
    const visitor = await visitorOf(loginApp())
    const credentials = { email: 'user@example.com', password: 'password' }
    expect(await read(visitor.get('/dashboard'))).toEqual([401, { error: 'Authentication required' }])
    expect(await read(visitor.post('/login', { ...credentials, password: 'guess' }))).toEqual([
      401,
      { error: 'Invalid credentials' },
    ])
    expect(visitor.cookies.size).toBe(0)
    expect(await read(visitor.post('/login', credentials))).toEqual([200, { success: true }])
    const stolen = visitor.cookieHeader
    expect(await read(visitor.get('/dashboard'))).toEqual([200, { user: 'user@example.com', loggedIn: true }])
    expect(await read(visitor.post('/logout'))).toEqual([200, { message: 'Logged out successfully' }])
    expect(await read(visitor.get('/dashboard'))).toEqual([401, { error: 'Authentication required' }])
    expect((await visitor.get('/dashboard', { headers: { cookie: stolen } })).status).toBe(401)
  })
})

describe('Session Lifetime', () => {
  test('a session ends after 24 hours without use', async () => {
    const clock = createClock()
    const sessionStore = new MemorySessionStore({ cleanupInterval: '5m', now: clock.now })
    const app = createApp<{ userId: string }>({
      sessionSecret: SECRET,
      sessionStore,
      session: { now: clock.now },
    })
    app.get('/login', (req, res) => {
      req.session.userId = '123'
      res.end()
    })
    app.get('/', (req, res) => res.json({ loggedIn: req.session.has('userId') }))
    const visitor = await visitorOf(app)
    await visitor.get('/login')
    clock.advance('23h')
    expect(await read(visitor.get('/'))).toEqual([200, { loggedIn: true }])
    clock.advance('24h')
    expect(await read(visitor.get('/'))).toEqual([200, { loggedIn: false }])
  })
})

describe('Security Best Practices', () => {
  test('1. a strong secret is generated by the coatcheck command', () => {
    expect(() => createApp({ sessionSecret: '12345' })).toThrow('sessionSecret has 5 characters')
    expect(() => createApp({ sessionSecret: secret() })).not.toThrow()
  })

  test('2. HTTPS only in production', async () => {
    for (const [env, secure] of [
      ['production', true],
      ['development', false],
    ] as const) {
      vi.stubEnv('ENV', env)
      const app = createApp({ sessionSecret: SECRET, secureCookies: process.env.ENV === 'production' })
      app.get('/', (req, res) => {
        req.session.n = 1
        res.end()
      })
      expect((await app.request('/')).headers.get('set-cookie')?.includes('; Secure')).toBe(secure)
    }
  })

  test('3. clear and write at login: a new id, and the old one is dead [P5] [A01]', async () => {
    const app = createApp({ sessionSecret: SECRET })
    app.get('/visit', (req, res) => {
      req.session.seen = 'before login'
      res.json({ id: req.session.id })
    })
    app.post('/login', async (req, res) => {
      req.session.clear()
      req.session.userId = '123'
      // Not `createdAt`, as it is written elsewhere: that is the session's own, and begins anew here by itself.
      req.session.since = new Date().toISOString()
      res.json({ id: req.session.id })
    })
    app.get('/', (req, res) =>
      res.json({ userId: req.session.userId ?? null, seen: req.session.seen ?? null }),
    )
    const visitor = await visitorOf(app)
    const before = await (await visitor.get('/visit')).json()
    const planted = visitor.cookieHeader
    const after = await (await visitor.post('/login')).json()
    expect(after).not.toEqual(before)
    expect(await read(visitor.get('/'))).toEqual([200, { userId: '123', seen: null }])
    const thief = await fetch(new URL('/', (await visitor.get('/')).url), { headers: { cookie: planted } })
    expect(await thief.json()).toEqual({ userId: null, seen: null })
  })

  test('3. the time of the login is the session’s createdAt, which cannot be written', async () => {
    const app = createApp({ sessionSecret: SECRET })
    app.post('/login', (req, res) => {
      req.session.clear()
      req.session.userId = '123'
      expect(() => Reflect.set(req.session, 'createdAt', new Date().toISOString())).toThrow('createdAt')
      res.json({ began: typeof req.session.createdAt })
    })
    const visitor = await visitorOf(app)
    expect(await read(visitor.post('/login'))).toEqual([200, { began: 'number' }])
  })

  test('4. a session timeout written by hand', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) })
    const app = createApp<{ loginAt: string; note: string }>({ sessionSecret: SECRET })
    const checkSessionTimeout: Handler<{ loginAt: string; note: string }> = async (req, res, next) => {
      const loginTime = req.session.loginAt
      if (loginTime !== undefined) {
        const hours = (Date.now() - Date.parse(loginTime)) / 3_600_000
        if (hours > 8) {
          req.session.clear()
          return res.status(401).json({ error: 'Session expired' })
        }
      }
      await next()
    }
    app.use(checkSessionTimeout)
    app.post('/login', (req, res) => {
      req.session.loginAt = new Date().toISOString()
      res.json({ success: true })
    })
    app.get('/', (req, res) => res.json({ loginAt: req.session.loginAt ?? null }))
    const visitor = await visitorOf(app)
    await visitor.post('/login')
    vi.setSystemTime(Date.UTC(2026, 0, 1, 7))
    expect(await read(visitor.get('/'))).toEqual([200, { loginAt: '2026-01-01T00:00:00.000Z' }])
    vi.setSystemTime(Date.UTC(2026, 0, 1, 9))
    expect(await read(visitor.get('/'))).toEqual([401, { error: 'Session expired' }])
    expect(await read(visitor.get('/'))).toEqual([200, { loginAt: null }])
    vi.useRealTimers()
  })

  test('5. a session has room for ids and references, and says when it has no more', async () => {
    const errors: unknown[] = []
    const app = createApp({ sessionSecret: SECRET, onError: (error) => errors.push(error) })
    app.get('/', (req, res) => {
      req.session.photo = 'x'.repeat(100_000)
      res.json({ saved: true })
    })
    expect((await app.request('/')).status).toBe(500)
    expect(String(errors[0])).toMatch(/DataError.*65,?536/)
  })
})

describe('Testing Sessions', () => {
  test('login creates session, with the whole Set-Cookie line sent back as Cookie', async () => {
    const app = loginApp()
    const url = await serve(app)
    const response = await fetch(`${url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ email: 'user@example.com', password: 'password' }),
    })
    expect(response.status).toBe(200)
    const cookie = response.headers.get('set-cookie')
    expect(cookie).not.toBeNull()
    const dashboard = await fetch(`${url}/dashboard`, { headers: { cookie: cookie ?? '' } })
    expect(dashboard.status).toBe(200)
  })

  test('the same without a port', async () => {
    const app = loginApp()
    const body = new URLSearchParams({ email: 'user@example.com', password: 'password' })
    const response = await app.request('/login', { method: 'POST', body })
    const cookie = response.headers.get('set-cookie') ?? ''
    expect((await app.request('/dashboard', { headers: { cookie } })).status).toBe(200)
  })
})

describe('Common Patterns', () => {
  test('role-based access', async () => {
    const app = createApp<{ role: 'admin' | 'member' }>({ sessionSecret: SECRET })
    const requireAdmin: Handler<{ role: 'admin' | 'member' }> = async (req, res, next) => {
      if (req.session.role !== 'admin') {
        return res.status(403).json({ error: 'Admin only' })
      }
      await next()
    }
    app.post('/become/:role', (req, res) => {
      req.session.role = req.params.role === 'admin' ? 'admin' : 'member'
      res.end()
    })
    app.use('/admin', requireAdmin)
    app.get('/admin/users', (_req, res) => res.json({ users: [] }))
    const visitor = await visitorOf(app)
    expect(await read(visitor.get('/admin/users'))).toEqual([403, { error: 'Admin only' }])
    await visitor.post('/become/member')
    expect((await visitor.get('/admin/users')).status).toBe(403)
    await visitor.post('/become/admin')
    expect(await read(visitor.get('/admin/users'))).toEqual([200, { users: [] }])
  })

  test('a shopping cart', async () => {
    const app = createApp<{ cart: string[] }>({ sessionSecret: SECRET })
    app.post('/cart/add', async (req, res) => {
      const body = await req.body
      const cart = req.session.cart ?? []
      cart.push(body.itemId)
      req.session.cart = cart
      res.json({ cartSize: cart.length })
    })
    app.get('/cart', (req, res) => res.json(req.session.cart))
    const visitor = await visitorOf(app)
    expect(await read(visitor.post('/cart/add', { itemId: 'hat' }))).toEqual([200, { cartSize: 1 }])
    expect(await read(visitor.post('/cart/add', { itemId: 'scarf' }))).toEqual([200, { cartSize: 2 }])
    expect(await read(visitor.get('/cart'))).toEqual([200, ['hat', 'scarf']])
  })

  test('remember me', async () => {
    const app = createApp<{ userId: string }>({ sessionSecret: SECRET })
    app.post('/login', async (req, res) => {
      const body = await req.body
      const rememberMe = body.rememberMe === true
      req.session.userId = '123'
      if (rememberMe) {
        res.cookie('remember_token', 'a-token', { maxAge: 30 * 24 * 60 * 60 * 1000, httpOnly: true })
      }
      res.json({ success: true })
    })
    const visitor = await visitorOf(app)
    expect((await visitor.post('/login', { rememberMe: false })).headers.getSetCookie()).toHaveLength(1)
    const lines = (await visitor.post('/login', { rememberMe: true })).headers.getSetCookie()
    expect(lines).toEqual(['remember_token=a-token; Path=/; Max-Age=2592000; HttpOnly'])
    expect([...visitor.cookies.keys()].sort()).toEqual(['remember_token', 'sid'])
  })
})
