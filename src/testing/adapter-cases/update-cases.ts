import type { RouteContext } from '../adapter-app.ts'
import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { type AdapterTrial, json } from '../adapter-trial.ts'
import type { AdapterVisitor } from '../adapter-visitor.ts'
import { assertEqual } from '../assert.ts'

/** Changes made in one atomic step, with a response that leaves behind them. */
export const updateCases: readonly AdapterCase[] = [
  adapterCase(
    'update-awaited',
    'an update() that the handler waits for is saved, and its answer arrives [P3]',
    async (trial) => {
      const visitor = await signIn(trial)
      assertEqual(await visitor.json('/update'), { done: true }, 'the answer')
      assertEqual(await visitor.json('/look'), { userId: 'ann', hits: 1 }, 'the session')
    },
  ),

  adapterCase(
    'update-not-awaited',
    'a response waits for an update() that its handler has not waited for [P2] [P3]',
    async (trial) => {
      const visitor = await signIn(trial)
      assertEqual(await visitor.json('/update-in-passing'), { done: true }, 'the answer')
      assertEqual(await visitor.json('/look'), { userId: 'ann', hits: 1 }, 'the session')
    },
  ),

  adapterCase(
    'update-of-a-new-session',
    'an update() begins a session where there is none [P3]',
    async (trial) => {
      const visitor = (await serve(trial)).visitor()
      assertEqual(await visitor.json('/update'), { done: true }, 'the answer')
      assertEqual(await visitor.json('/look'), { hits: 1 }, 'the session')
    },
  ),

  adapterCase(
    'update-then-writes',
    'what is written beside an update(), before and after it, is saved too [P3]',
    async (trial) => {
      const visitor = await signIn(trial)
      assertEqual(await visitor.json('/update-and-write'), { done: true }, 'the answer')
      assertEqual(await visitor.json('/look'), { userId: 'ann', a: 1, hits: 1, b: 2 }, 'the session')
    },
  ),

  adapterCase('parallel-updates', 'updates of parallel requests all count [P3] [M4]', async (trial) => {
    const visitor = await signIn(trial)
    await Promise.all(Array.from({ length: 10 }, () => visitor.copy().json('/update')))
    assertEqual(await visitor.json('/look'), { userId: 'ann', hits: 10 }, 'the session')
  }),
]

function hit(session: RouteContext['session']): Promise<boolean> {
  return session.update((draft) => {
    draft.hits = Number(draft.hits ?? 0) + 1
  })
}

function serve(trial: AdapterTrial) {
  return trial.serve({
    '/sign-in': ({ session }) => {
      session.userId = 'ann'
      return json({})
    },
    '/update': async ({ session }) => json({ done: await hit(session) }),
    '/update-in-passing': ({ session }) => {
      hit(session).catch(() => {})
      return json({ done: true })
    },
    '/update-and-write': async ({ session }) => {
      session.a = 1
      const done = await hit(session)
      session.b = 2
      return json({ done })
    },
    '/look': ({ session }) => json(session.toJSON()),
  })
}

async function signIn(trial: AdapterTrial): Promise<AdapterVisitor> {
  const visitor = (await serve(trial)).visitor()
  await visitor.json('/sign-in')
  return visitor
}
