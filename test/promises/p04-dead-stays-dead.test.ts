import { describe, expect, test } from 'vitest'
import type { StoreOperation } from '../../src/core/errors.ts'
import type { SessionRecord } from '../../src/core/record.ts'
import type { Session } from '../../src/core/session.ts'
import type { Sessions } from '../../src/core/sessions.ts'
import type { TestClock } from '../../src/testing/clock.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { laterStore } from '../engine/later-store.ts'
import { MapStore } from '../engine/map-store.ts'
import { start, startBeside, startHeld, startLater, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  late: number
}

/** What an ending of a session has at hand. */
interface Ending {
  /** Another tab of the same visitor, perhaps served by another process. */
  tab: Browser<Data>
  sessions: Sessions<Data>
  clock: TestClock
  id: string
}

/** The ways a session ends, and how many records each leaves: a change of id leaves the new one. */
const ENDINGS: ReadonlyArray<[string, number, (ending: Ending) => Promise<unknown>]> = [
  ['destroy()', 0, ({ tab }) => tab.request((session) => session.destroy())],
  ['clear()', 0, ({ tab }) => tab.request((session) => session.clear())],
  ['revoke(id)', 0, ({ sessions, id }) => sessions.revoke(id)],
  ['user(id).revoke()', 0, ({ sessions }) => sessions.user('ann').revoke()],
  ['regenerate()', 1, ({ tab }) => tab.request((session) => session.regenerate({ keep: true }))],
  ['another user signing in', 1, ({ tab }) => tab.request((session) => session.set('userId', 'bob'))],
  ['the user signing out', 1, ({ tab }) => tab.request((session) => void delete session.userId)],
  ['the idle timeout', 0, async ({ clock }) => clock.advance('25h')],
]

/** What a request in flight does meanwhile, and the first store call that does it. */
const IN_FLIGHT: ReadonlyArray<[string, StoreOperation, (session: Session<Data>) => unknown]> = [
  ['a write', 'replace', (session) => session.set('late', 1)],
  ['a removal', 'replace', (session) => void delete session.a],
  ['a save()', 'replace', (session) => saveLate(session)],
  ['an update()', 'replace', (session) => session.update((draft) => void Object.assign(draft, { late: 1 }))],
  ['a touch', 'touch', (session) => session.a],
  ['a regenerate()', 'create', (session) => session.regenerate({ keep: true })],
  ['a sign-in', 'create', (session) => void Object.assign(session, { late: 1, userId: 'eve' })],
  [
    'a sign-in by update()',
    'replace',
    (session) => session.update((draft) => void Object.assign(draft, { userId: 'eve', late: 1 })),
  ],
]

function saveLate(session: Session<Data>): Promise<void> {
  session.late = 1
  return session.save()
}

interface Setting extends Pick<ReturnType<typeof start<Data>>, 'browser' | 'sessions' | 'memory' | 'clock'> {
  /** Where the ending happens. */
  elsewhere: Sessions<Data>
}

/** A visitor signed in on a session so old that reading it would be noted. */
async function prepare(setting: Setting) {
  const { browser, clock, elsewhere } = setting
  await browser.request((session) => {
    session.userId = 'ann'
    session.a = 1
  })
  clock.advance('1h')
  const slow = await browser.arrive()
  const { id } = slow.session
  return { slow, ending: { tab: new Browser(elsewhere, browser.ticket), sessions: elsewhere, clock, id } }
}

/** Whether what a request in flight did got into this record. Its id is not looked at: any three letters turn up in a random one. */
function isLate({ data, user }: SessionRecord): boolean {
  return data.includes('late') || data.includes('eve') || user === 'eve'
}

/** The old id is dead for everybody, nothing but what the ending left is in the store, and nothing late got into it. */
async function expectDead({ browser, sessions, elsewhere, memory }: Setting, id: string, left: number) {
  const { records } = memory.entries({ limit: 10 })
  expect(records.map((record) => record.id)).not.toContain(id)
  expect(records).toHaveLength(left)
  expect(records.filter(isLate)).toEqual([])
  for (const manager of [sessions, elsewhere]) {
    expect(await new Browser(manager, browser.ticket).look()).toEqual({})
  }
}

const PLACES = ['the same', 'another'] as const

describe.each(PLACES)('when, in %s process, a session is ended', (place) => {
  const elsewhere = (started: Parameters<typeof startBeside<Data>>[0] & { sessions: Sessions<Data> }) =>
    place === 'another' ? startBeside<Data>(started) : started.sessions

  describe.each(ENDINGS)('by %s', (_ending, left, end) => {
    test.each(IN_FLIGHT)(
      '%s of a request that had loaded it before brings nothing back [P4] [A22] [M2] [M3]',
      async (_kind, _verb, act) => {
        for (const started of [start<Data>(), startLater<Data>()]) {
          const setting = { ...started, elsewhere: elsewhere(started) }
          const { slow, ending } = await prepare(setting)
          await end(ending)
          await act(slow.session)
          const response = await slow.leave()
          expect(response.ticket).toBeNull()
          await slow.end()
          await expectDead(setting, ending.id, left)
        }
      },
    )

    test.each(IN_FLIGHT)(
      '%s that stands before the store at that moment brings nothing back [P4] [A22]',
      async (_kind, verb, act) => {
        const started = startHeld<Data>()
        const setting = { ...started, elsewhere: elsewhere(started) }
        const { slow, ending } = await prepare(setting)
        const gate = started.store.hold(verb)
        const acting = Promise.resolve(act(slow.session)).then(() => slow.leave())
        await gate.reached
        await end(ending)
        gate.release()
        expect((await acting).ticket).toBeNull()
        await expectDead(setting, ending.id, left)
      },
    )
  })
})

describe('on a store with get, set and destroy that knows no time', () => {
  const endings = ENDINGS.filter(([name]) => name !== 'user(id).revoke()' && name !== 'the idle timeout')

  test.each(endings)('%s holds against everything in flight [P4]', async (_name, left, end) => {
    for (const [, , act] of IN_FLIGHT) {
      const started = startOn<Data, MapStore>(() => laterStore(new MapStore()))
      const { slow, ending } = await prepare({ ...started, elsewhere: started.sessions })
      await end(ending)
      await act(slow.session)
      expect((await slow.leave()).ticket).toBeNull()
      const records = [...started.store.records.values()].map((text): SessionRecord => JSON.parse(text))
      expect(records).toHaveLength(left)
      expect(records.filter(isLate)).toEqual([])
      expect(await started.browser.look()).toEqual({})
    }
  })

  test.each(IN_FLIGHT)(
    '%s after the idle timeout does not make the record live again [P4] [P8]',
    async (_kind, _verb, act) => {
      const started = startOn<Data, MapStore>(() => laterStore(new MapStore()))
      const { slow, ending } = await prepare({ ...started, elsewhere: started.sessions })
      const before = started.store.records.get(ending.id)
      started.clock.advance('25h')
      await act(slow.session)
      expect((await slow.leave()).ticket).toBeNull()
      expect(await started.browser.look()).toEqual({})
      expect([undefined, before]).toContain(started.store.records.get(ending.id))
    },
  )
})

describe('a request whose session has ended', () => {
  test('hears of it by the event "discarded" when it had something to save [P4]', async () => {
    const { browser, sessions } = startLater<Data>()
    await browser.request((session) => session.set('a', 1))
    const slow = await browser.arrive()
    slow.session.a = 2
    await browser.copy().request((session) => session.destroy())
    const log = new EventLog(sessions)
    const response = await slow.leave()
    expect(log.entries).toEqual([{ name: 'discarded', event: { id: expect.any(String), reason: 'gone' } }])
    // Its browser may hold a newer cookie by now, from the request that ended this session.
    expect(response.setCookie).toBeNull()
  })

  test('shows nothing once update() gave false: tries that were counted in vain find no code to compare [P4]', async () => {
    const { browser, sessions } = startLater<{ pending: string; tries: number }>()
    await browser.request((session) => session.set('pending', 'ann'))
    const exchanges = await Promise.all(Array.from({ length: 20 }, () => browser.copy().arrive()))
    const compared = await Promise.all(
      exchanges.map(async ({ session }) => {
        await session.update((draft) => {
          draft.tries = (draft.tries ?? 0) + 1
        })
        if ((session.tries ?? 0) > 3) await session.destroy()
        return session.pending
      }),
    )
    expect(compared.filter((name) => name === 'ann')).toHaveLength(3)
    await sessions.dispose()
  })

  test('gets false from update(), and nothing from reload() [P4]', async () => {
    const { browser } = startLater<Data>()
    await browser.request((session) => session.set('a', 1))
    const slow = await browser.arrive()
    await browser.copy().request((session) => session.destroy())
    expect(await slow.session.update((draft) => void Object.assign(draft, { late: 1 }))).toBe(false)
    await slow.session.reload()
    expect(slow.session.toJSON()).toEqual({})
  })

  test('that ended it itself can neither write nor save it back [P4]', async () => {
    const { browser, memory } = startLater<Data>()
    await browser.request((session) => session.set('a', 1))
    const response = await browser.copy().request(async (session) => {
      await session.destroy()
      expect(memory.count()).toBe(0)
      expect(session.a).toBeUndefined()
      expect(() => session.set('a', 2)).toThrow(expect.objectContaining({ code: 'ERR_SESSION_DESTROYED' }))
      await session.save()
      session.touch()
    })
    expect(memory.count()).toBe(0)
    expect(response.clearsCookie).toBe(true)
    expect(await browser.look()).toEqual({})
  })

  test('stays without it after a restart of the server [P4] [A25]', async () => {
    const started = startLater<Data>()
    await started.browser.request((session) => session.set('a', 1))
    const thief = started.browser.copy()
    expect(await thief.look()).toEqual({ a: 1 })
    await started.browser.request((session) => session.clear())
    expect(await thief.look()).toEqual({})
    expect(await new Browser(startBeside<Data>(started), thief.ticket).look()).toEqual({})
  })
})
