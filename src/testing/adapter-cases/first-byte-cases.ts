import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { json, visitHeld } from '../adapter-trial.ts'
import { assertEqual } from '../assert.ts'
import { ANSWER_KINDS, type AnswerKind } from './answers.ts'

/** Saved before seen: no header leaves while the store has not answered, however the response is made. */
export const firstByteCases: readonly AdapterCase[] = ANSWER_KINDS.map(firstByteCase)

function firstByteCase({ id, what, status, method, make }: AnswerKind): AdapterCase {
  const name = id === 'json' ? 'commit-before-first-byte' : `commit-before-${id}`
  return adapterCase(name, `${what} waits until the session is saved [P2] [M6]`, async (trial) => {
    const app = await trial.serve({
      '/go': ({ session }) => {
        session.visits = 1
        return make()
      },
      '/look': ({ session }) => json({ visits: session.visits ?? null }),
    })
    const visitor = app.visitor()
    const gate = trial.store.hold('create')
    const reply = await visitHeld(app, visitor, '/go', gate, { method })
    assertEqual(reply.status, status, 'the status')
    assertEqual(reply.setCookies.length, 1, 'the number of Set-Cookie lines')
    assertEqual(await visitor.json('/look'), { visits: 1 }, 'the session afterwards')
  })
}
