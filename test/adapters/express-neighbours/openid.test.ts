import type { RequestHandler } from 'express'
import { auth, type ConfigParams } from 'express-openid-connect'
import { describe, expect, test } from 'vitest'
import { AdapterVisitor } from '../../../src/testing/adapter-visitor.ts'
import { settle } from '../../engine/later-store.ts'
import { openIdProvider } from './openid-provider.ts'
import { form, type StartedExpress, startExpress } from './start.ts'

/** An app whose visitors sign in at a provider. It keeps its own data of them in our session. */
async function start(config: ConfigParams = {}, behind: RequestHandler[] = []): Promise<StartedExpress> {
  const issuerBaseURL = await openIdProvider()
  let openId: RequestHandler | undefined
  return startExpress((app) => {
    app.get('/logout', (request, _response, next) => {
      request.session.clear()
      next()
    })
    app.use((request, response, next) => {
      // The app's own address, which is not known before it listens.
      openId ??= auth({
        baseURL: `http://${request.headers.host}`,
        issuerBaseURL,
        clientID: 'shop',
        clientSecret: 'a-client-secret-of-the-tests',
        secret: 'another-secret-of-the-tests-0123456789',
        authRequired: false,
        authorizationParams: { response_type: 'code', scope: 'openid' },
        afterCallback: (request, _response, own) => {
          request.session.userId = request.oidc.user?.sub
          return own
        },
        ...config,
      })
      openId(request, response, next)
    })
    for (const handler of behind) app.use(handler)
    app.get('/cart', (request, response) => {
      request.session.cart = ['hat']
      response.json({})
    })
    app.get('/me', (request, response) => {
      response.json({ user: request.oidc.user?.sub ?? null, session: request.session })
    })
  })
}

/** What docs/frameworks/express.md puts behind `auth()`. */
const writeUser: RequestHandler = (request, _response, next) => {
  const user = request.oidc.user?.sub
  if (user !== undefined && user !== request.session.userId) request.session.userId = user
  next()
}

/** Signs in as far as the way back from the provider, and gives that. */
async function signInToCallback({ visitor, origin }: StartedExpress): Promise<string> {
  const begun = await visitor.visit('/login')
  const granted = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' })
  return (granted.headers.get('location') ?? '').slice(origin.length)
}

describe('express-openid-connect', () => {
  test('keeps its session in a cookie of its own, beside ours, and neither touches the other', async () => {
    const started = await start({ afterCallback: (_request, _response, own) => own })
    const { visitor, store } = started
    await visitor.json('/cart')
    const id = visitor.cookie('sid')
    expect((await visitor.visit(await signInToCallback(started))).status).toBe(302)
    expect(visitor.cookie('appSession')).toBeTruthy()
    expect(visitor.cookie('sid')).toBe(id)
    expect(await visitor.json('/me')).toEqual({ user: 'ann', session: { cart: ['hat'] } })
    expect(await store.count()).toBe(1)
  })

  test('makes no record of ours for a visitor who only signs in [P1]', async () => {
    const started = await start({ afterCallback: (_request, _response, own) => own })
    await started.visitor.visit(await signInToCallback(started))
    expect(await started.visitor.json('/me')).toEqual({ user: 'ann', session: {} })
    expect([await started.store.count(), started.visitor.cookie('sid')]).toEqual([0, undefined])
  })

  test('its afterCallback signs in to our session: new id, data kept, old id dead [P5] [A01]', async () => {
    const started = await start()
    const { visitor, sessions } = started
    await visitor.json('/cart')
    const attacker = visitor.copy()
    await visitor.visit(await signInToCallback(started))
    expect(await visitor.json('/me')).toEqual({ user: 'ann', session: { cart: ['hat'], userId: 'ann' } })
    expect(await attacker.json('/me')).toEqual({ user: null, session: {} })
    expect(await sessions.user('ann').list()).toHaveLength(1)
  })

  test('behind it, after a POST from the provider’s site, the visitor’s own session is signed in [P5] [A01]', async () => {
    const started = await start(
      {
        authorizationParams: { response_type: 'id_token', response_mode: 'form_post', scope: 'openid' },
        afterCallback: (_request, _response, own) => own,
      },
      [writeUser],
    )
    const { visitor, origin, sessions, store } = started
    await visitor.json('/cart')
    const attacker = visitor.copy()
    const begun = await visitor.visit('/login')
    const page = await fetch(begun.headers.get('location') ?? '')
    const fields = Object.entries(Object(await page.json())).map(([name, value]) => [name, String(value)])
    // The browser leaves our cookie at home, since it is SameSite=Lax.
    const cookies = new Map(visitor.cookieHeader.split('; ').map((pair) => splitPair(pair)))
    cookies.delete('sid')
    const crossSite = new AdapterVisitor({ origin, close: () => {} }, cookies)
    expect((await crossSite.visit('/callback', form(Object.fromEntries(fields)))).status).toBe(302)
    expect(crossSite.cookie('sid')).toBeUndefined()
    const home = new Map([
      ['sid', visitor.cookie('sid') ?? ''],
      ['appSession', crossSite.cookie('appSession') ?? ''],
    ])
    const back = new AdapterVisitor({ origin, close: () => {} }, home)
    expect(await back.json('/me')).toEqual({ user: 'ann', session: { cart: ['hat'], userId: 'ann' } })
    expect(await attacker.json('/me')).toEqual({ user: null, session: {} })
    expect([await store.count(), await sessions.user('ann').list()]).toMatchObject([1, [{}]])
  })

  test('its redirect waits until our session is saved [P2] [M6]', async () => {
    const started = await start()
    const back = await signInToCallback(started)
    const gate = started.store.hold('create')
    let here = false
    const returned = started.visitor.visit(back).then((reply) => {
      here = true
      return reply
    })
    await gate.reached
    await settle()
    expect(here).toBe(false)
    gate.release()
    expect((await returned).status).toBe(302)
    expect(await started.visitor.json('/me')).toMatchObject({ user: 'ann', session: { userId: 'ann' } })
  })

  test('nobody is half signed in: when our session cannot be saved, its cookie is not set either [P2]', async () => {
    const started = await start()
    const back = await signInToCallback(started)
    started.store.fail('create')
    const { status, setCookies } = await started.visitor.visit(back)
    expect([status, setCookies.filter((line) => line.startsWith('appSession'))]).toEqual([503, []])
    started.store.heal()
    expect(await started.visitor.json('/me')).toEqual({ user: null, session: {} })
  })

  test('its logout ends its session; the app ends ours before it, and neither comes back [P4]', async () => {
    const started = await start()
    const { visitor, store } = started
    await visitor.visit(await signInToCallback(started))
    await visitor.visit('/logout')
    expect(await visitor.json('/me')).toEqual({ user: null, session: {} })
    expect([await store.count(), visitor.cookie('sid')]).toEqual([0, undefined])
  })

  test('refuses to be given the name of our property for its own', async () => {
    const { visitor } = await start({ session: { name: 'session' } })
    const { status, body } = await visitor.visit('/me')
    expect([status, body.includes('req[session] is already set')]).toEqual([500, true])
  })
})

function splitPair(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
}
