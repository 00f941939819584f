import session from 'express-session'
import { beforeEach, expect, test, vi } from 'vitest'
import { createSessions, type Sessions } from '../../../src/index.ts'
import { ConnectSessionStore } from '../../../src/stores/connect.ts'
import { type BarrierStore, barrierStore } from '../../../src/testing/barrier-store.ts'
import { Visitor, type VisitorData } from '../visitor.ts'

// A manager with a store of its own is what another process is: it takes no turns with the first one.
let sessions: Sessions<VisitorData>
let elsewhere: Sessions<VisitorData>
let gated: ConnectSessionStore & BarrierStore

beforeEach(() => {
  vi.spyOn(process, 'emitWarning').mockReturnValue()
  const backend = new session.MemoryStore()
  const secret = 'the secret of the process tests: 7d3e01aa'
  gated = barrierStore(new ConnectSessionStore(backend))
  sessions = createSessions<VisitorData>({ secret, store: gated })
  elsewhere = createSessions<VisitorData>({ secret, store: new ConnectSessionStore(backend) })
})

async function loggedIn(): Promise<Visitor> {
  const visitor = new Visitor(sessions)
  await visitor.visit((opened) => {
    opened.userId = 'ann'
  })
  return visitor
}

test('one write after another keeps both, from whichever process', async () => {
  const visitor = await loggedIn()
  await visitor.visit(async (opened) => {
    opened.note = 'here'
    await visitor.twin(elsewhere).visit((other) => {
      other.cart = ['there']
    })
  })
  expect(await visitor.visit((opened) => opened.toJSON())).toEqual({
    userId: 'ann',
    note: 'here',
    cart: ['there'],
  })
})

test('what docs/stores/connect.md says is lost: a write of another process at the very moment of ours', async () => {
  const visitor = await loggedIn()
  const writing = gated.hold('set')
  const ours = visitor.twin().visit((opened) => {
    opened.note = 'here'
  })
  await writing.reached
  await visitor.twin(elsewhere).visit((other) => {
    other.cart = ['there']
  })
  writing.release()
  await ours
  expect(await visitor.visit((opened) => opened.toJSON())).toEqual({ userId: 'ann', note: 'here' })
})

test('what docs/stores/connect.md says can come back: a session another process ends at that moment', async () => {
  const visitor = await loggedIn()
  const writing = gated.hold('set')
  const ours = visitor.twin().visit((opened) => {
    opened.note = 'here'
  })
  await writing.reached
  await visitor.twin(elsewhere).visit((other) => other.destroy())
  writing.release()
  await ours
  expect(await visitor.visit((opened) => opened.userId)).toBe('ann')
})
