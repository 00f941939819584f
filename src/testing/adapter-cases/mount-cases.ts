import type { AdapterApp, RouteContext } from '../adapter-app.ts'
import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { type AdapterTrial, json, type Routes, routesOf } from '../adapter-trial.ts'
import { assertEqual } from '../assert.ts'

/** Where a manager can be mounted, how often, and beside which. */
export const mountCases: readonly AdapterCase[] = [
  adapterCase('mounted-twice', 'mounted twice, it is still one session [peers 5.10]', async (trial) => {
    const { sessions } = trial
    const app = await trial.serveApp({
      path: '',
      mounts: [sessions, sessions],
      before: ({ session }) => {
        session.before = true
      },
      routes: routesOf(ROUTES),
      scopes: [{ path: '/again', mounts: [sessions], routes: routesOf(ROUTES) }],
    })
    for (const base of ['', '/again']) {
      const visitor = app.visitor()
      assertEqual(
        (await visitor.visit(`${base}/write`)).setCookies.length,
        1,
        'the number of Set-Cookie lines',
      )
      trial.store.resetCalls()
      assertEqual(await visitor.json(`${base}/look`), { before: true, visits: 1 }, 'the session')
      assertEqual(trial.store.calls.get, 1, 'the number of loads')
    }
  }),

  adapterCase('sub-app', 'a sub-app has the session of the app above it', async (trial) => {
    const app = await trial.serveApp({
      path: '',
      mounts: [trial.sessions],
      routes: routesOf(ROUTES),
      scopes: [{ path: '/sub', mounts: [], routes: routesOf(ROUTES) }],
    })
    const visitor = app.visitor()
    await visitor.json('/sub/write')
    assertEqual(await visitor.json('/look'), { visits: 1 }, 'the session above')
    assertEqual(await visitor.json('/sub/look'), { visits: 1 }, 'the session in the sub-app')
  }),

  adapterCase('mounted-in-a-sub-app', 'mounted in a sub-app, it is for the sub-app alone', async (trial) => {
    const app = await trial.serveApp({
      path: '',
      mounts: [],
      routes: [],
      scopes: [{ path: '/sub', mounts: [trial.sessions], routes: routesOf(ROUTES) }],
    })
    const visitor = app.visitor()
    await visitor.json('/sub/write')
    assertEqual(await visitor.json('/sub/look'), { visits: 1 }, 'the session in the sub-app')
    trial.store.resetCalls()
    await visitor.json('/ping')
    assertEqual(trial.store.calls.get, 0, 'the number of loads for the app above')
  }),

  adapterCase('two-managers', 'two managers in one app keep to their own cookies [A31]', async (trial) => {
    const { shop, admin } = twoManagers(trial)
    const served = await trial.serveApp({
      path: '',
      mounts: [],
      routes: [],
      scopes: [
        { path: '/shop', mounts: [shop], routes: routesOf(ROUTES) },
        { path: '/admin', mounts: [admin], routes: routesOf(ROUTES) },
      ],
    })
    const visitor = served.visitor()
    await visitor.json('/shop/write')
    assertEqual(await visitor.json('/admin/look'), {}, 'the session of the one not written to')
    const stolen = `admin=${visitor.cookie('shop')}`
    const forged = await served.visitor().visit('/admin/look', { headers: { cookie: stolen } })
    assertEqual(forged.body, '{}', "the session of one manager's ticket under the other's name")
  }),

  adapterCase(
    'two-managers-on-one-request',
    'two managers on one request are both saved, each with its cookie',
    async (trial) => {
      const { app } = twoManagers(trial)
      const served = await trial.serveApp(app)
      const visitor = served.visitor()
      const { setCookies } = await visitor.visit('/admin/write')
      assertEqual(setCookies.map((line) => line.split('=')[0]).sort(), ['admin', 'shop'], 'the cookies')
      assertEqual(await visitor.json('/look'), { seen: true }, 'the session of the outer manager')
      assertEqual(await visitor.json('/admin/look'), { visits: 1 }, 'the session of the inner manager')
    },
  ),

  adapterCase(
    'mounted-again-inside-another',
    'mounted again inside another manager, a manager has its one session there',
    async (trial) => {
      const { app, shop } = twoManagers(trial)
      const [admin] = app.scopes ?? []
      const again = { path: '/shop', mounts: [shop], routes: routesOf(ROUTES) }
      const served = await trial.serveApp({
        ...app,
        scopes: admin === undefined ? [] : [{ ...admin, scopes: [again] }],
      })
      const visitor = served.visitor()
      const { setCookies } = await visitor.visit('/admin/shop/write')
      assertEqual(
        setCookies.map((line) => line.split('=')[0]),
        ['shop'],
        'the cookies',
      )
      assertEqual(await visitor.json('/look'), { seen: true, visits: 1 }, 'the session of the outer manager')
      assertEqual(await visitor.json('/admin/look'), {}, 'the session of the manager in between')
    },
  ),

  adapterCase(
    'one-of-two-managers-fails',
    'when one of two sessions cannot be saved, the response is a 503 [P2]',
    async (trial) => {
      const served = await trial.serveApp(twoManagers(trial).app)
      trial.store.fail('create', { nth: 2 })
      const visitor = served.visitor()
      assertEqual((await visitor.visit('/admin/write')).status, 503, 'the status')
      trial.store.heal()
      await visitor.json('/admin/write')
      assertEqual(await visitor.json('/admin/look'), { visits: 1 }, 'the session of the inner manager')
    },
  ),

  adapterCase(
    'one-of-two-managers-is-saved',
    'when one of two sessions cannot be saved, the error carries the cookie of the other [P2]',
    async (trial) => {
      const served = await trial.serveApp(twoManagers(trial).app)
      trial.store.fail('create', { nth: 2 })
      const visitor = served.visitor()
      const { status, setCookies } = await visitor.visit('/admin/write')
      assertEqual([status, setCookies.length, trial.memory.size], [503, 1, 1], 'status, cookies and records')
      trial.store.heal()
      const inner = await visitor.json('/admin/look')
      const known = setCookies[0]?.startsWith('admin=') ? [{ visits: 1 }, 2] : [{}, 1]
      assertEqual([inner, trial.memory.size], known, 'the inner session and the records at the next visit')
    },
  ),
]

const ROUTES: Routes = {
  '/write': ({ session }) => {
    session.visits = 1
    return json({})
  },
  '/look': ({ session }) => json(session.toJSON()),
}

/** Makes an app with a manager for all of it and another for a part of it. */
function twoManagers(trial: AdapterTrial): {
  app: AdapterApp
  shop: AdapterTrial['sessions']
  admin: AdapterTrial['sessions']
} {
  const shop = trial.manager({ cookie: { name: 'shop', secure: false } })
  const admin = trial.manager({ cookie: { name: 'admin', secure: false } })
  const app: AdapterApp = {
    path: '',
    mounts: [shop],
    before: markAsSeen,
    routes: routesOf(ROUTES),
    scopes: [{ path: '/admin', mounts: [admin], routes: routesOf(ROUTES) }],
  }
  return { app, shop, admin }
}

function markAsSeen({ session }: RouteContext): void {
  session.seen = true
}
