import type { Session } from '../../core/session.ts'
import type { RouteContext } from '../adapter-app.ts'
import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { type AdapterTrial, eventually, json } from '../adapter-trial.ts'
import type { AdapterVisitor } from '../adapter-visitor.ts'
import { assertEqual } from '../assert.ts'

/** Sessions on a store that is immediate: they are looked for when they are first used. */
export const immediateCases: readonly AdapterCase[] = [
  adapterCase(
    'immediate-store-untouched',
    'a session that the handler never touches is not even looked for in a store that is immediate [P1] [A18]',
    async (trial) => {
      const { visitor, told } = await start(trial)
      const reply = await visitor.visit('/ignore')
      assertEqual(reply.setCookies, [], 'the Set-Cookie lines')
      assertEqual(told, [], 'the events')
    },
  ),

  adapterCase(
    'immediate-store-used-late',
    'a session that the handler first uses after a wait is found, and what it changes is saved [P2]',
    async (trial) => {
      const { visitor, told } = await start(trial)
      assertEqual(await visitor.json('/late'), { visits: 2 }, 'the session')
      assertEqual(told, ['loaded'], 'the events')
      assertEqual(await visitor.json('/look'), { visits: 2 }, 'the session on the next request')
    },
  ),

  adapterCase(
    'immediate-store-used-in-the-body',
    'a session first used after the first byte is found, and what it changes is saved [P2] [A32]',
    async (trial) => {
      const { visitor } = await start(trial)
      assertEqual((await visitor.visit('/stream')).status, 200, 'the status')
      await eventually(
        async () => (await visitor.visit('/look')).body === '{"visits":2}',
        'the session holds the late change',
      )
    },
  ),

  adapterCase(
    'immediate-store-forged',
    'a forged ticket leads to nothing, and is told when somebody uses the session [P10] [A05]',
    async (trial) => {
      const { visitor, told, cookieName } = await start(trial)
      const forged = { headers: { cookie: `${cookieName}=${'A'.repeat(43)}.${'A'.repeat(43)}` } }
      assertEqual((await visitor.visit('/ignore', forged)).setCookies, [], 'the Set-Cookie lines')
      assertEqual(told, [], 'the events')
      assertEqual((await visitor.visit('/look', forged)).body, '{}', 'the session')
      assertEqual(told, ['missed'], 'the events')
    },
  ),
]

interface Started {
  visitor: AdapterVisitor
  cookieName: string
  /** The names of the events since the visitor's session was made. */
  told: string[]
}

async function start(trial: AdapterTrial): Promise<Started> {
  const sessions = trial.manager({ store: trial.memory })
  const told: string[] = []
  sessions.on('loaded', () => void told.push('loaded'))
  sessions.on('missed', () => void told.push('missed'))
  const app = await trial.serve(
    {
      '/begin': ({ session }) => {
        session.visits = 1
        return json({})
      },
      '/look': ({ session }) => json(session.toJSON()),
      '/ignore': () => json({}),
      '/late': async ({ session }) => {
        await new Promise((resolve) => setTimeout(resolve, 0))
        count(session)
        return json(session.toJSON())
      },
      '/stream': ({ session }: RouteContext) => ({ kind: 'stream', chunks: chunks(session) }),
    },
    sessions,
  )
  const visitor = app.visitor()
  await visitor.json('/begin')
  told.length = 0
  return { visitor, cookieName: sessions.cookieName, told }
}

async function* chunks(session: Session): AsyncGenerator<string> {
  yield 'first,'
  await new Promise((resolve) => setTimeout(resolve, 0))
  count(session)
  yield 'last'
}

function count(session: Session): void {
  session.visits += 1
}
