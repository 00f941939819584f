import { describe, expect, test, vi } from 'vitest'
import * as zod from 'zod'
import type { Session } from '../../src/core/session.ts'
import type { Sessions } from '../../src/core/sessions.ts'
import { createSessions } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { barrierStore, createClock, faultyStore } from '../../src/testing/index.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { laterStore } from '../engine/later-store.ts'
import { SECRET, start, startBeside, startFaulty, startHeld, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  pending: string
  cart: string[]
}

type End = (session: Session<Data>) => unknown

const TOO_LATE = { name: 'UsageError', code: 'ERR_HEADERS_SENT' }

const ENDS: ReadonlyArray<[string, End]> = [
  ['destroy()', (session) => session.destroy()],
  ['clear()', (session) => session.clear()],
]
const LOSSES: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
  [
    'a sign-in',
    async (session) => {
      session.userId = 'ann'
      await expect(session.save()).rejects.toMatchObject(TOO_LATE)
    },
  ],
  [
    'a sign-in by update()',
    (session) => session.update((draft) => void Object.assign(draft, { userId: 'ann' })),
  ],
]

describe.each(LOSSES)('when %s came too late for its cookie', (_loss, lose) => {
  test.each(ENDS)('%s ends the record all the same, and its ticket is dead [P4]', async (_end, end) => {
    const { browser, memory, sessions } = startLater<Data>()
    await browser.request((session) => session.set('pending', 'ann'))
    const exchange = await browser.arrive()
    expect(exchange.session.pending).toBe('ann')
    await exchange.leave()
    await lose(exchange.session)
    const log = new EventLog(sessions)
    await end(exchange.session)
    await exchange.end()
    expect(log.told).toEqual(['destroyed'])
    expect(memory.count()).toBe(0)
    expect(await browser.look()).toEqual({})
  })
})

test('a visitor without a session, whose first write came too late, has nothing to end, and the store is not asked [P1]', async () => {
  const { browser, sessions, store } = startFaulty<Data>()
  const log = new EventLog(sessions)
  const exchange = await browser.arrive()
  await exchange.leave()
  exchange.session.pending = 'ann'
  await expect(exchange.session.save()).rejects.toMatchObject(TOO_LATE)
  store.fail('*')
  await exchange.session.destroy()
  expect(log.told).toEqual(['discarded: headers-sent'])
})

test.each<[string, (session: Session<Data>) => unknown]>([
  [
    'by save()',
    async (session) => {
      session.userId = 'bob'
      await expect(session.save()).rejects.toMatchObject(TOO_LATE)
    },
  ],
  ['by update()', (session) => session.update((draft) => void Object.assign(draft, { userId: 'bob' }))],
])('a session whose change of user came too late, %s, is ended once [P4]', async (_way, change) => {
  const { browser, sessions } = startLater<Data>()
  await browser.request((session) => session.set('userId', 'ann'))
  const exchange = await browser.arrive()
  await exchange.leave()
  const log = new EventLog(sessions)
  await change(exchange.session)
  await exchange.session.destroy()
  expect(log.told.filter((event) => event.startsWith('destroyed'))).toHaveLength(1)
  expect(await browser.look()).toEqual({})
})

describe('a record that is not let in', () => {
  const schema = zod.object({ userId: zod.string().optional(), theme: zod.string() })

  test.each(ENDS)('is ended by %s, for those too who let it in [P4]', async (_end, end) => {
    const elsewhere = start<Data>()
    await elsewhere.browser.request((session) => session.set('userId', 'ann'))
    const strict = start({ store: elsewhere.memory, schema })
    const browser = new Browser(strict.sessions, elsewhere.browser.ticket)
    const log = new EventLog(strict.sessions)
    const goodbye = await browser.request((session) => end(Object(session)))
    expect(goodbye.clearsCookie).toBe(true)
    expect(log.told).toEqual(['missed: invalid', 'destroyed'])
    expect(await elsewhere.browser.look()).toEqual({})
  })

  test.each<[string, (session: Session<Data>) => unknown]>([
    ['clear() and a word for the next page', (session) => session.clear()],
    ['regenerate() and a word for the next page', (session) => session.regenerate()],
    [
      'clear() behind a save of something new',
      async (session) => {
        session.set('cart', ['new'])
        await session.save()
        session.clear()
      },
    ],
  ])('is ended by %s [P4] [P5]', async (_end, end) => {
    const elsewhere = start<Data>()
    await elsewhere.browser.request((session) => session.set('userId', 'ann'))
    const strict = startBeside<Data>(elsewhere, { maxBytes: 30 })
    expect(await new Browser(strict, elsewhere.browser.ticket).look()).toEqual({ userId: 'ann' })
    await elsewhere.browser.request((session) => session.set('pending', 'too long for the other one'))
    await new Browser(strict, elsewhere.browser.ticket).request(async (session) => {
      await end(session)
      session.set('pending', 'bye')
    })
    expect(await elsewhere.browser.look()).toEqual({})
  })

  test('is left as it is by who does not end it', async () => {
    const elsewhere = start<Data>()
    await elsewhere.browser.request((session) => session.set('userId', 'ann'))
    const strict = start({ store: elsewhere.memory, schema })
    const browser = new Browser(strict.sessions, elsewhere.browser.ticket)
    expect(await browser.look()).toEqual({})
    await browser.request((session) => session.reload())
    expect(await elsewhere.browser.look()).toEqual({ userId: 'ann' })
  })

  test('is ended after a reload(), too [P4]', async () => {
    const elsewhere = start<Data>()
    await elsewhere.browser.request((session) => session.set('userId', 'ann'))
    const strict = start({ store: elsewhere.memory, schema })
    const here = await new Browser(strict.sessions, elsewhere.browser.ticket).arrive()
    await here.session.reload()
    await here.session.destroy()
    expect(await elsewhere.browser.look()).toEqual({})
  })
})

test('a record that is no longer let in at a reload() is ended by destroy() [P4]', async () => {
  const started = start({ schema: zod.object({ theme: zod.string().max(4) }) })
  await started.browser.request((session) => session.set('theme', 'dark'))
  const loose = new Browser(startBeside<{ theme: string }>(started), started.browser.ticket)
  const here = await started.browser.arrive()
  expect(here.session.theme).toBe('dark')
  await loose.request((session) => session.set('theme', 'light'))
  await here.session.reload()
  expect(here.session.toJSON()).toEqual({})
  await here.session.destroy()
  expect(await loose.look()).toEqual({})
})

describe('when the record of a new id is revoked before the old one has ended, which others are writing', () => {
  /** Moves a session, and lets something happen in another process when the new record is made. */
  async function moved(
    user: string | undefined,
    move: (session: Session<Data>) => unknown,
    meanwhile: (sessions: Sessions<Data>, oldId: string) => unknown,
  ): Promise<{
    browser: Browser<Data>
    old: Browser<Data>
    setsCookie: boolean
    told: string[]
    records: number
  }> {
    const started = startHeld<Data>()
    const { browser, memory, sessions, store } = started
    await browser.request((session) =>
      Object.assign(session, { pending: 'x', ...(user && { userId: user }) }),
    )
    const [record] = memory.entries().records
    const beside = startBeside<Data>(started)
    const old = browser.copy()
    const gate = store.hold('replace')
    const moving = browser.request(move)
    await gate.reached
    await new Browser(beside, old.ticket).request((session) => session.set('cart', ['book']))
    await meanwhile(beside, record?.id ?? '')
    const log = new EventLog(sessions)
    gate.release()
    const { setCookie } = await moving
    return { browser, old, setsCookie: setCookie !== null, told: log.told, records: memory.count() }
  }

  test('a session that was spared lives on under its new id, and the old one is dead [P5]', async () => {
    const { browser, old, setsCookie, told } = await moved(
      'ann',
      (session) => session.regenerate({ keep: true }),
      (sessions, oldId) => sessions.user('ann').revoke({ except: oldId }),
    )
    expect(setsCookie).toBe(true)
    expect(told).toContain('regenerated')
    expect(await browser.look()).toEqual({ pending: 'x', userId: 'ann', cart: ['book'] })
    expect(await old.look()).toEqual({})
  })

  test('a failure then leaves no record behind that nobody has the ticket of', async () => {
    const clock = createClock()
    const memory = new MemorySessionStore({ now: clock.now })
    const store = barrierStore(faultyStore(laterStore(memory)))
    const sessions = createSessions<Data>({ secret: SECRET, store, now: clock.now })
    const browser = new Browser<Data>(sessions)
    await browser.request((session) => session.set('userId', 'ann'))
    const [record] = memory.entries().records
    const beside = createSessions<Data>({ secret: SECRET, store: memory, now: clock.now })
    const gate = store.hold('replace')
    const moving = browser.request((session) => session.regenerate({ keep: true }))
    await gate.reached
    await new Browser<Data>(beside, browser.ticket).request((session) => session.set('cart', ['book']))
    await beside.user('ann').revoke({ except: record?.id ?? '' })
    // The end of the old one conflicts, the new one is missing, and then the store is down.
    store.fail('replace', { nth: 3 })
    gate.release()
    await expect(moving).rejects.toThrow(/replace/)
    // Nobody waits for that.
    await vi.waitFor(() => expect(memory.entries().records.map(({ id }) => id)).toEqual([record?.id]))
  })

  test('nobody goes on as the user who was to be another one [P5]', async () => {
    const { old, setsCookie, told, records } = await moved(
      'ann',
      (session) => session.set('userId', 'bob'),
      (sessions) => sessions.user('bob').revoke(),
    )
    expect([setsCookie, records]).toEqual([false, 0])
    expect(told).toEqual(expect.arrayContaining(['destroyed', 'discarded: gone']))
    expect(await old.look()).toEqual({})
  })

  test('a visitor who was to sign in stays who they were', async () => {
    const { old, setsCookie, told } = await moved(
      undefined,
      (session) => session.set('userId', 'ann'),
      (sessions) => sessions.user('ann').revoke(),
    )
    expect(setsCookie).toBe(false)
    expect(told).not.toContain('destroyed')
    expect(await old.look()).toEqual({ pending: 'x', cart: ['book'] })
  })
})
