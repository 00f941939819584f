import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import type { Exchange } from '../engine/exchange.ts'
import { type Started, start, startBeside, startHeld, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  n: number
  order: number
  email: string
  lock: string
}

type Setting = Pick<Started<Data, never>, 'browser' | 'clock' | 'memory' | 'sessions'>

const ENDINGS: ReadonlyArray<[string, (setting: Setting) => unknown]> = [
  ['was revoked', ({ sessions }) => sessions.user('ann').revoke()],
  ['was destroyed in another tab', ({ browser }) => browser.copy().request((session) => session.destroy())],
  ['has timed out', ({ clock }) => clock.advance('31d')],
]

/** The ways in which a request learns that its session has ended, while its handler is still at work. */
const NOTICING: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
  [
    'a save()',
    (session) => {
      session.n = 1
      return session.save()
    },
  ],
  ['a save() of nothing', (session) => [session.n, session.save()][1]],
  ['an update()', (session) => session.update((draft) => void Object.assign(draft, { n: 1 }))],
]

const GOING_ON: ReadonlyArray<[string, (session: Session<Data>, slow: Exchange<Data>) => unknown]> = [
  ['regenerate() that keeps all', (session) => session.regenerate({ keep: true })],
  ['regenerate() that keeps a key', (session) => session.regenerate({ keep: ['userId'] })],
  ['clear() and a sign-in', (session) => [session.clear(), session.set('userId', 'ann')]],
  [
    'regenerate(callback) and a sign-in',
    async (session, slow) => {
      await new Promise<void>((resolve) => void session.regenerate(() => resolve()))
      // Another object stands in the place of the session now.
      slow.session.userId = 'ann'
    },
  ],
  ['a write', (session) => session.set('order', 42)],
  [
    'two changes of id',
    async (session) => {
      await session.regenerate({ keep: true })
      await session.save()
      await session.regenerate({ keep: true })
      await session.save()
    },
  ],
]

describe.each(ENDINGS)('when a session %s', (_ending, end) => {
  describe.each(NOTICING)('a request that has learnt of it by %s', (_noticing, notice) => {
    test.each(GOING_ON)('brings nothing back by %s, and says so [P4] [A22]', async (_goingOn, goOn) => {
      for (const setting of [start<Data>(), startLater<Data>()]) {
        const { browser, memory, sessions, clock } = setting
        await browser.request((session) => void Object.assign(session, { userId: 'ann', n: 0 }))
        // So long after the last use that reading is noted in the store, which tells that the record is gone.
        clock.advance('1h')
        const slow = await browser.arrive()
        expect(slow.session.userId).toBe('ann')
        await end(setting)
        const log = new EventLog(sessions)
        await notice(slow.session)
        await goOn(slow.session, slow)
        const response = await slow.leave()
        expect(response.setCookie).toBeNull()
        await slow.end()
        expect(memory.entries().records.filter(({ expiresAt }) => expiresAt > clock.now())).toEqual([])
        expect(log.told).toContain('discarded: gone')
        expect(await browser.look()).toEqual({})
      }
    })
  })
})

test('what is lost is told once for each time that something is lost [P4]', async () => {
  const { browser, sessions } = startLater<Data>()
  await browser.request((session) => session.set('userId', 'ann'))
  const slow = await browser.arrive()
  slow.session.n = 1
  await sessions.user('ann').revoke()
  const log = new EventLog(sessions)
  await slow.session.save()
  await slow.session.save()
  slow.session.n = 2
  await slow.session.save()
  await slow.leave()
  await slow.end()
  expect(log.told).toEqual(['discarded: gone', 'discarded: gone'])
})

test('a session that a request destroys itself, after it was ended elsewhere, begins afresh and empty [P4]', async () => {
  const { browser, sessions } = startLater<Data>()
  await browser.request((session) => session.set('userId', 'ann'))
  const slow = await browser.arrive()
  await sessions.user('ann').revoke()
  expect(await slow.session.update(() => {})).toBe(false)
  await slow.session.destroy()
  await slow.session.regenerate({ keep: true })
  slow.session.n = 7
  browser.receive(await slow.leave())
  expect(await browser.look()).toEqual({ n: 7 })
})

describe('regenerate() after destroy()', () => {
  test('takes nothing over that was destroyed, whoever writes the old record meanwhile [P4]', async () => {
    const started = startHeld<Data>()
    const { browser, store } = started
    await browser.request(
      (session) => void Object.assign(session, { userId: 'ann', email: 'ann@example.com' }),
    )
    const slow = await browser.arrive()
    slow.session.n = 1
    const saving = store.hold('replace')
    const saved = slow.session.save()
    await saving.reached
    const destroyed = slow.session.destroy()
    await slow.session.regenerate({ keep: true })
    slow.session.lock = 'mine'
    saving.release()
    await saved
    const ending = store.hold('replace')
    const leaving = slow.leave()
    await ending.reached
    const elsewhere = new Browser(startBeside<Data>({ ...started, store: started.memory }), browser.ticket)
    await elsewhere.request((session) => session.set('order', 1))
    ending.release()
    browser.receive(await leaving)
    await destroyed
    expect(await browser.look()).toEqual({ lock: 'mine' })
  })
})
