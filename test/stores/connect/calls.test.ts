import session from 'express-session'
import { beforeEach, expect, test, vi } from 'vitest'
import { createSessions, type Sessions } from '../../../src/index.ts'
import { ConnectSessionStore } from '../../../src/stores/connect.ts'
import { createClock, type TestClock } from '../../../src/testing/clock.ts'
import { Visitor, type VisitorData } from '../visitor.ts'

let clock: TestClock
let calls: string[]
let sessions: Sessions<VisitorData>

beforeEach(() => {
  vi.spyOn(process, 'emitWarning').mockReturnValue()
  clock = createClock(Date.now())
  calls = []
  const classic = new session.MemoryStore()
  const store = new ConnectSessionStore(
    {
      get: (id, callback) => classic.get(id, note('get', callback)),
      set: (id, kept: session.SessionData, callback) => classic.set(id, kept, note('set', callback)),
      destroy: (id, callback) => classic.destroy(id, note('destroy', callback)),
    },
    { now: clock.now },
  )
  sessions = createSessions<VisitorData>({
    secret: 'the secret of the call tests: 0d2f77c1',
    store,
    now: clock.now,
  })
})

function note<C>(name: string, callback: C): C {
  calls.push(name)
  return callback
}

/** The calls that one request makes. */
async function callsOf(request: () => Promise<unknown>): Promise<string> {
  calls = []
  await request()
  return calls.join(' ')
}

// The table in docs/stores/connect.md.
test('a request makes the calls that the docs say, and no touch', async () => {
  const visitor = new Visitor(sessions)
  expect(await callsOf(() => visitor.visit((opened) => opened.note))).toBe('')
  expect(await callsOf(() => new Visitor(sessions, 'sid=forged.forged').visit((opened) => opened.note))).toBe(
    '',
  )
  const write = (): Promise<void> =>
    visitor.visit((opened) => {
      opened.count = (opened.count ?? 0) + 1
    })
  expect(await callsOf(write)).toBe('get set')
  const read = (): Promise<number | undefined> => visitor.visit((opened) => opened.count)
  expect(await callsOf(read)).toBe('get')
  clock.advance('6m')
  expect(await callsOf(read)).toBe('get get set')
  expect(await callsOf(write)).toBe('get get set')
  const logIn = (): Promise<void> =>
    visitor.visit((opened) => {
      opened.userId = 'ann'
    })
  expect(await callsOf(logIn)).toBe('get get set get destroy')
  expect(await callsOf(() => visitor.visit((opened) => opened.destroy()))).toBe('get destroy')
})
