import express, { type Express } from 'express'
import { Passport } from 'passport'
import { Strategy } from 'passport-local'
import { describe, expect, test } from 'vitest'
import { form, type StartedExpress, startExpress } from './start.ts'

const ANN = form({ username: 'ann', password: 'right' })

/** Passport with passport-local, set up as its own documentation does. */
function start(loginOptions: { keepSessionInfo?: boolean } = {}): Promise<StartedExpress> {
  const passport = new Passport()
  passport.use(
    new Strategy((username, password, done) => done(null, password === 'right' ? { id: username } : false)),
  )
  passport.serializeUser<string>((user, done) => done(null, Reflect.get(user, 'id')))
  passport.deserializeUser<string>((id, done) => done(null, { id }))

  return startExpress(
    (app: Express) => {
      app.use(express.urlencoded())
      app.use(passport.session())
      app.post(
        '/login',
        passport.authenticate('local', {
          ...loginOptions,
          successReturnToOrRedirect: '/home',
          failureRedirect: '/login',
          failureMessage: true,
        }),
      )
      app.post('/logout', (request, response, next) => {
        request.logout(loginOptions, (error) => (error ? next(error) : response.redirect('/')))
      })
      app.get('/cart', (request, response) => {
        request.session.cart = ['hat']
        request.session.returnTo = '/checkout'
        response.json({})
      })
      app.get('/me', (request, response) => {
        const { user = null, session } = request
        response.json({ user, authenticated: request.isAuthenticated(), session })
      })
    },
    { user: ({ passport: own }) => own?.user },
  )
}

describe('passport with passport-local', () => {
  test('logs in', async () => {
    const { visitor } = await start()
    const { status, headers } = await visitor.visit('/login', ANN)
    expect([status, headers.get('location')]).toEqual([302, '/home'])
    expect(await visitor.json('/me')).toEqual({
      user: { id: 'ann' },
      authenticated: true,
      session: { passport: { user: 'ann' } },
    })
  })

  test('gives a new id at login; the old one is dead [P5] [A01] [CVE-2022-25896]', async () => {
    const { visitor, store } = await start()
    await visitor.json('/cart')
    const attacker = visitor.copy()
    await visitor.visit('/login', ANN)
    expect(visitor.cookieHeader).not.toBe(attacker.cookieHeader)
    expect(await attacker.json('/me')).toEqual({ user: null, authenticated: false, session: {} })
    expect(await store.count()).toBe(1)
  })

  test('drops what was there before, unless keepSessionInfo is set [peers 5.1]', async () => {
    const { visitor } = await start()
    await visitor.json('/cart')
    expect((await visitor.visit('/login', ANN)).headers.get('location')).toBe('/home')
    expect(await visitor.json('/me')).toHaveProperty('session', { passport: { user: 'ann' } })

    const keeping = await start({ keepSessionInfo: true })
    await keeping.visitor.json('/cart')
    const old = keeping.visitor.copy()
    const kept = await keeping.visitor.visit('/login', ANN)
    expect(kept.headers.get('location')).toBe('/checkout')
    expect(await keeping.visitor.json('/me')).toMatchObject({
      session: { cart: ['hat'], passport: { user: 'ann' } },
    })
    expect(await old.json('/me')).toMatchObject({ authenticated: false, session: {} })
  })

  test('logs out: user gone, new id, old id dead [P4] [P5]', async () => {
    const { visitor, store } = await start()
    await visitor.visit('/login', ANN)
    const old = visitor.copy()
    await visitor.visit('/logout', { method: 'POST' })
    for (const browser of [visitor, old]) {
      expect(await browser.json('/me')).toMatchObject({ user: null, authenticated: false })
    }
    expect(await store.count()).toBe(0)
  })

  test('logs out with keepSessionInfo: the rest of the data stays, the old id is dead', async () => {
    const { visitor } = await start({ keepSessionInfo: true })
    await visitor.visit('/login', ANN)
    await visitor.json('/cart')
    const old = visitor.copy()
    await visitor.visit('/logout', { method: 'POST' })
    expect(await visitor.json('/me')).toMatchObject({ authenticated: false, session: { cart: ['hat'] } })
    expect(await old.json('/me')).toMatchObject({ authenticated: false, session: {} })
  })

  test('keeps the messages of a failed login', async () => {
    const { visitor } = await start()
    await visitor.visit('/login', form({ username: 'ann', password: '' }))
    await visitor.visit('/login', form({ username: 'ann', password: 'wrong' }))
    expect(await visitor.json('/me')).toMatchObject({
      authenticated: false,
      session: { messages: ['Missing credentials'] },
    })
  })

  test('a user is logged out everywhere by sessions.user() [C41]', async () => {
    const { visitor, sessions } = await start()
    await visitor.visit('/login', ANN)
    expect(await sessions.user('ann').revoke()).toBe(1)
    expect(await visitor.json('/me')).toMatchObject({ authenticated: false, session: {} })
  })

  test('a login whose session cannot be saved is a 503 [P2]', async () => {
    const { visitor, store } = await start()
    store.fail('create')
    const { status, setCookies } = await visitor.visit('/login', ANN)
    expect([status, setCookies]).toEqual([503, []])
  })
})
