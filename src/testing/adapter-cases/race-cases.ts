import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { type AdapterTrial, json } from '../adapter-trial.ts'
import type { AdapterVisitor } from '../adapter-visitor.ts'
import { assertEqual } from '../assert.ts'

/** Two requests of one session at once, forced to interleave. */
export const raceCases: readonly AdapterCase[] = [
  adapterCase(
    'parallel-writes',
    'two requests that write different keys both count [P3] [M1] [A24]',
    async (trial) => {
      const visitor = await signIn(trial)
      const gate = trial.store.hold('replace')
      const slow = visitor.json('/write-a')
      await gate.reached
      await visitor.json('/write-b')
      gate.release()
      await slow
      assertEqual(await visitor.json('/look'), { userId: 'ann', a: 1, b: 1 }, 'the session')
    },
  ),

  adapterCase(
    'logout-beats-a-write',
    'a write in flight does not undo a logout [P4] [M2] [A22]',
    async (trial) => logOutDuring(trial, '/write-a'),
  ),

  adapterCase(
    'logout-beats-a-read',
    'a read in flight does not undo a logout [P4] [M3] [A22]',
    async (trial) => logOutDuring(trial, '/look'),
  ),

  adapterCase(
    'logout-beats-a-touch',
    'a request that extends the session does not undo a logout [P4] [M3] [A22]',
    async (trial) => logOutDuring(trial, '/look', () => trial.clock.advance('1h')),
  ),

  adapterCase(
    'logout-beats-a-held-save',
    'a save that comes after a logout writes nothing [P4] [A22]',
    async (trial) => {
      const visitor = await signIn(trial)
      const tab = visitor.copy()
      const gate = trial.store.hold('replace')
      const slow = tab.visit('/write-a')
      await gate.reached
      await visitor.json('/log-out')
      gate.release()
      await assertDead(trial, tab, (await slow).setCookies)
    },
  ),

  adapterCase(
    'parallel-sign-ins',
    'of several requests that each want a new id one gets it, and nobody else sets a cookie [P5] [A23]',
    async (trial) => {
      const visitor = await signIn(trial)
      const gate = trial.store.hold('get', { calls: 5, when: 'after' })
      const replies = Array.from({ length: 5 }, () => visitor.copy().visit('/become-bob'))
      await gate.reached
      gate.release()
      const cookies = (await Promise.all(replies)).flatMap(({ setCookies }) => setCookies)
      assertEqual(cookies.length, 1, 'the number of Set-Cookie lines')
      assertEqual(trial.memory.count(), 1, 'the number of records')
    },
  ),
]

async function signIn(trial: AdapterTrial): Promise<AdapterVisitor> {
  const app = await trial.serve({
    '/sign-in': ({ session }) => {
      session.userId = 'ann'
      return json({})
    },
    '/become-bob': ({ session }) => {
      session.userId = 'bob'
      return json({})
    },
    '/write-a': ({ session }) => {
      session.a = 1
      return json({})
    },
    '/write-b': ({ session }) => {
      session.b = 1
      return json({})
    },
    '/look': ({ session }) => json(session.toJSON()),
    '/log-out': ({ session }) => {
      session.clear()
      return json({})
    },
  })
  const visitor = app.visitor()
  await visitor.json('/sign-in')
  return visitor
}

/** Has a request load the session, logs out meanwhile, and lets the request finish. */
async function logOutDuring(trial: AdapterTrial, path: string, before: () => void = () => {}): Promise<void> {
  const visitor = await signIn(trial)
  const tab = visitor.copy()
  before()
  const gate = trial.store.hold('get', { when: 'after' })
  const slow = tab.visit(path)
  await gate.reached
  await visitor.json('/log-out')
  gate.release()
  await assertDead(trial, tab, (await slow).setCookies)
}

async function assertDead(trial: AdapterTrial, tab: AdapterVisitor, setCookies: string[]): Promise<void> {
  assertEqual(setCookies, [], 'the Set-Cookie lines of the slow response')
  assertEqual(trial.memory.count(), 0, 'the number of records')
  assertEqual(await tab.json('/look'), {}, 'the session of the old cookie')
}
