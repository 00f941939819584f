import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { type AdapterTrial, json } from '../adapter-trial.ts'
import type { AdapterVisitor } from '../adapter-visitor.ts'
import { assertEqual } from '../assert.ts'
import type { StoreCalls } from '../intercept-store.ts'

/** What a request costs the store: nothing for nobody. */
export const storeCallCases: readonly AdapterCase[] = [
  adapterCase(
    'no-call-without-a-ticket',
    'a visitor without a cookie costs no store call and gets none [P1] [M5] [A26]',
    async (trial) => {
      const app = await trial.serve({ '/look': ({ session }) => json(session.toJSON()) })
      for (let visit = 0; visit < 5; visit++) {
        assertEqual((await app.visitor().visit('/look')).setCookies, [], 'the Set-Cookie lines')
      }
      assertEqual(callsOf(trial), {}, 'the store calls')
      assertEqual(trial.memory.count(), 0, 'the number of records')
    },
  ),

  adapterCase(
    'no-call-for-a-forged-ticket',
    'a ticket that nobody signed costs no store call [P1] [P10] [A05]',
    async (trial) => {
      const app = await trial.serve({ '/look': ({ session }) => json(session.toJSON()) })
      const { cookieName } = trial.sessions
      const token = 'A'.repeat(43)
      for (const value of ['', 'x', token, `${token}.${token}`, `s:${token}.${token}`]) {
        const reply = await app.visitor().visit('/look', { headers: { cookie: `${cookieName}=${value}` } })
        assertEqual(reply.status, 200, 'the status')
      }
      assertEqual(callsOf(trial), {}, 'the store calls')
    },
  ),

  adapterCase(
    'one-call-when-untouched',
    'a session that the handler never touches costs one read and sets no cookie [P1] [M4] [A18]',
    async (trial) => {
      const visitor = await start(trial)
      trial.clock.advance('1h')
      trial.store.resetCalls()
      assertEqual((await visitor.visit('/ignore')).setCookies, [], 'the Set-Cookie lines')
      assertEqual(callsOf(trial), { get: 1 }, 'the store calls')
    },
  ),

  adapterCase(
    'no-cookie-on-read',
    'a session that is only read costs one read and sets no cookie [P1] [P8]',
    async (trial) => {
      const visitor = await start(trial)
      trial.store.resetCalls()
      assertEqual((await visitor.visit('/look')).setCookies, [], 'the Set-Cookie lines')
      assertEqual(callsOf(trial), { get: 1 }, 'the store calls')
    },
  ),

  adapterCase('throttled-touch', 'reads extend the session once per interval [P8] [C30]', async (trial) => {
    const visitor = await start(trial)
    trial.clock.advance('10m')
    trial.store.resetCalls()
    await visitor.json('/look')
    await visitor.json('/look')
    assertEqual(callsOf(trial), { get: 2, touch: 1 }, 'the store calls')
  }),

  adapterCase(
    'equal-value-is-no-change',
    'assigning the value that is there writes nothing [P1] [peers 5.6]',
    async (trial) => {
      const visitor = await start(trial)
      trial.store.resetCalls()
      await visitor.json('/set')
      assertEqual(callsOf(trial), { get: 1 }, 'the store calls')
    },
  ),

  adapterCase(
    'nested-change-is-saved',
    'a change inside a stored object is saved [peers 5.6]',
    async (trial) => {
      const visitor = await start(trial)
      await visitor.json('/nest')
      assertEqual(await visitor.json('/look'), { visits: 1, cart: { items: ['hat'] } }, 'the session')
    },
  ),
]

async function start(trial: AdapterTrial): Promise<AdapterVisitor> {
  const app = await trial.serve({
    '/set': ({ session }) => {
      session.visits = 1
      session.cart ??= { items: [] }
      return json({})
    },
    '/nest': ({ session }) => {
      session.cart.items.push('hat')
      return json({})
    },
    '/look': ({ session }) => json(session.toJSON()),
    '/ignore': () => json({}),
  })
  const visitor = app.visitor()
  await visitor.json('/set')
  trial.store.resetCalls()
  return visitor
}

/** The operations that were called, and how often. */
function callsOf({ store }: AdapterTrial): Partial<StoreCalls> {
  return Object.fromEntries(Object.entries(store.calls).filter(([, count]) => count > 0))
}
