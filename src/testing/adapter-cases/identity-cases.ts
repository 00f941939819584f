import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { type AdapterTrial, json } from '../adapter-trial.ts'
import type { AdapterVisitor } from '../adapter-visitor.ts'
import { assert, assertEqual } from '../assert.ts'

/** When a session gets a new id, and what becomes of the old one. */
export const identityCases: readonly AdapterCase[] = [
  adapterCase(
    'new-user-new-id',
    'signing in changes the id by itself, keeps the data and kills the old id [P5] [A01]',
    async (trial) => {
      const visitor = await begin(trial)
      const attacker = visitor.copy()
      await visitor.json('/sign-in')
      assert(visitor.cookieHeader !== attacker.cookieHeader, 'the cookie is the one from before the sign-in')
      assertEqual(await visitor.json('/look'), { visits: 1, userId: 'ann' }, 'the session')
      assertEqual(await attacker.json('/look'), {}, 'the session of the old cookie')
      assertEqual(trial.memory.count(), 1, 'the number of records')
    },
  ),

  adapterCase(
    'regenerate',
    'regenerate() gives a new id and empty data, and the old id is dead [P5] [M7] [C04]',
    async (trial) => {
      const visitor = await begin(trial)
      const old = visitor.copy()
      await visitor.json('/regenerate')
      assertEqual(await visitor.json('/look'), { fresh: true }, 'the session')
      assertEqual(await old.json('/look'), {}, 'the session of the old cookie')
    },
  ),

  adapterCase('regenerate-keep', 'regenerate({ keep }) carries data over [P5] [C04]', async (trial) => {
    const visitor = await begin(trial)
    const old = visitor.copy()
    await visitor.json('/renew')
    assertEqual(await visitor.json('/look'), { visits: 1 }, 'the session')
    assertEqual(await old.json('/look'), {}, 'the session of the old cookie')
  }),

  adapterCase(
    'clear',
    'clear() ends the session on the server and takes the cookie away [P5] [C40]',
    async (trial) => {
      const visitor = await begin(trial)
      const old = visitor.copy()
      await visitor.json('/clear')
      assertEqual(visitor.cookieHeader, '', 'the cookies afterwards')
      assertEqual(trial.memory.count(), 0, 'the number of records')
      assertEqual(await old.json('/look'), {}, 'the session of the old cookie')
    },
  ),

  adapterCase(
    'clear-and-write',
    'what is written after clear() begins a new session [P5] [A01]',
    async (trial) => {
      const visitor = await begin(trial)
      const old = visitor.copy()
      await visitor.json('/clear-and-write')
      assertEqual(await visitor.json('/look'), { userId: 'bob' }, 'the session')
      assertEqual(await old.json('/look'), {}, 'the session of the old cookie')
    },
  ),

  adapterCase(
    'destroy',
    'destroy() ends the session on the server and takes the cookie away [P4] [C40] [A25]',
    async (trial) => {
      const visitor = await begin(trial)
      const old = visitor.copy()
      await visitor.json('/destroy')
      assertEqual(visitor.cookieHeader, '', 'the cookies afterwards')
      assertEqual(await old.json('/look'), {}, 'the session of the old cookie')
    },
  ),

  adapterCase(
    'failed-destroy',
    'a destroy that fails is told, never answered with success [C40]',
    async (trial) => {
      const visitor = await begin(trial)
      trial.store.fail('destroy')
      assertEqual((await visitor.visit('/destroy')).status, 503, 'the status')
    },
  ),

  adapterCase('revoked', 'a revoked session is nobody on its next request [P4] [C41]', async (trial) => {
    const visitor = await begin(trial)
    await visitor.json('/sign-in')
    await trial.sessions.user('ann').revoke()
    assertEqual(await visitor.json('/look'), {}, 'the session')
  }),

  adapterCase('idle-timeout', 'a session that was idle too long is nobody [P8] [C30]', async (trial) => {
    const visitor = await begin(trial)
    trial.clock.advance('23h')
    assertEqual(await visitor.json('/look'), { visits: 1 }, 'the session after 23 hours')
    trial.clock.advance('23h')
    assertEqual(await visitor.json('/look'), { visits: 1 }, 'the session after 23 hours more')
    trial.clock.advance('24h')
    assertEqual(await visitor.json('/look'), {}, 'the session after 24 idle hours')
  }),
]

async function begin(trial: AdapterTrial): Promise<AdapterVisitor> {
  const app = await trial.serve({
    '/begin': ({ session }) => {
      session.visits = 1
      return json({})
    },
    '/sign-in': ({ session }) => {
      session.userId = 'ann'
      return json({})
    },
    '/regenerate': async ({ session }) => {
      await session.regenerate()
      session.fresh = true
      return json({})
    },
    '/renew': async ({ session }) => {
      await session.regenerate({ keep: ['visits'] })
      return json({})
    },
    '/clear': ({ session }) => {
      session.clear()
      return json({})
    },
    '/clear-and-write': ({ session }) => {
      session.clear()
      session.userId = 'bob'
      return json({})
    },
    '/destroy': async ({ session }) => {
      await session.destroy()
      return json({})
    },
    '/look': ({ session }) => json(session.toJSON()),
  })
  const visitor = app.visitor()
  await visitor.json('/begin')
  return visitor
}
