import flash from '@fastify/flash'
import { Authenticator } from '@fastify/passport'
import fastify, { type FastifyInstance } from 'fastify'
import { Strategy } from 'passport-local'
import { describe, expect, onTestFinished, test } from 'vitest'
import { session } from '../../../src/adapters/fastify.ts'
import type { Sessions } from '../../../src/index.ts'
import { AdapterVisitor } from '../../../src/testing/adapter-visitor.ts'
import { portFrom } from '../harness/listen.ts'
import { startPaced, type TestStore } from '../harness/paced.ts'

interface StartedFastify {
  visitor: AdapterVisitor
  sessions: Sessions
  store: TestStore
}

async function start(build: (app: FastifyInstance) => void): Promise<StartedFastify> {
  const { sessions, store } = startPaced('later', { user: ({ passport }) => passport })
  const app = fastify({ forceCloseConnections: true })
  app.register(session(sessions))
  build(app)
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  const origin = `http://127.0.0.1:${portFrom(app.server.address())}`
  return { visitor: new AdapterVisitor({ origin, close: () => {} }), sessions, store }
}

describe('@fastify/passport', () => {
  const ANN = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"username":"ann","password":"right"}',
  }

  function startPassport(): Promise<StartedFastify> {
    const passport = new Authenticator({ clearSessionIgnoreFields: ['cart'] })
    passport.use(
      new Strategy((username, password, done) => done(null, password === 'right' ? { id: username } : false)),
    )
    passport.registerUserSerializer(async (user: { id: string }) => user.id)
    passport.registerUserDeserializer(async (id: string) => ({ id }))
    return start((app) => {
      app.register(passport.initialize())
      app.register(passport.secureSession())
      app.post('/login', { preValidation: passport.authenticate('local') }, async () => ({}))
      app.post('/logout', async (request) => {
        await request.logOut()
        return {}
      })
      app.get('/cart', async (request) => {
        request.session.cart = ['hat']
        request.session.visits = 1
        return {}
      })
      app.get('/me', async (request) => ({
        authenticated: request.isAuthenticated(),
        user: request.user,
        session: request.session,
      }))
    })
  }

  test('logs in with a new id, keeps the fields it is told to; the old id is dead [P5] [CVE-2023-29019]', async () => {
    const { visitor, store } = await startPassport()
    await visitor.json('/cart')
    const attacker = visitor.copy()
    expect((await visitor.visit('/login', ANN)).status).toBe(200)
    expect(await visitor.json('/me')).toMatchObject({
      authenticated: true,
      user: { id: 'ann' },
      session: { cart: ['hat'], passport: 'ann' },
    })
    expect(await attacker.json('/me')).toEqual({ authenticated: false, user: null, session: {} })
    expect(await store.count()).toBe(1)
  })

  test('logs out; the old id is dead [P4] [P5]', async () => {
    const { visitor } = await startPassport()
    await visitor.visit('/login', ANN)
    const old = visitor.copy()
    expect((await visitor.visit('/logout', { method: 'POST' })).status).toBe(200)
    for (const browser of [visitor, old]) {
      expect(await browser.json('/me')).toMatchObject({ authenticated: false })
    }
  })

  test('refuses a wrong password', async () => {
    const { visitor } = await startPassport()
    const body = '{"username":"ann","password":"wrong"}'
    expect((await visitor.visit('/login', { ...ANN, body })).status).toBe(401)
  })

  test('a user is logged out everywhere by sessions.user() [C41]', async () => {
    const { visitor, sessions } = await startPassport()
    await visitor.visit('/login', ANN)
    await sessions.user('ann').revoke()
    expect(await visitor.json('/me')).toMatchObject({ authenticated: false, session: {} })
  })
})

describe('@fastify/flash', () => {
  test('shows messages once, on the page after the redirect', async () => {
    const { visitor } = await start((app) => {
      app.register(flash)
      app.get('/leave', (request, reply) => {
        request.flash('info', 'saved')
        reply.redirect('/show')
      })
      app.get('/show', (_request, reply) => void reply.send(reply.flash('info')))
    })
    expect((await visitor.visit('/leave')).status).toBe(302)
    expect(await visitor.json('/show')).toEqual(['saved'])
    expect(await visitor.json('/show')).toEqual([])
  })
})
