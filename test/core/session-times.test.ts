import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import type { Session } from '../../src/core/session.ts'
import type { MemorySessionStore } from '../../src/stores/memory.ts'
import { Browser } from '../engine/browser.ts'
import { SECRET, startBeside, startLater } from '../engine/start.ts'

interface Tree {
  inner?: Tree
}

interface Data {
  userId: string
  a: number
  cart: string[]
  tree: Tree
}

const MINUTE = 60_000

const recordIn = (memory: MemorySessionStore): SessionRecord | undefined => memory.entries().records[0]

test('a session ends as late as this use of it makes it end, by what is in the store afterwards [P8]', async () => {
  const { browser, clock, memory, sessions } = startLater<Data>({
    idleTimeout: '30m',
    absoluteTimeout: '45m',
  })
  const kept = (): number | undefined => recordIn(memory)?.expiresAt
  await browser.request((session) => session.set('a', 1))
  const told: (number | undefined)[] = []
  // Too soon for a touch, late enough for one, and near the end that no use moves.
  for (const passed of ['1m', '10m', '20m'] as const) {
    clock.advance(passed)
    const readonly = await sessions.read(browser.cookie ?? '')
    expect(readonly.expiresAt).toBe(kept())
    await browser.request((session) => {
      told.push(session.expiresAt - clock.now())
    })
    expect(told.at(-1)).toBe((kept() ?? 0) - clock.now())
  }
  expect(told).toEqual([29 * MINUTE, 30 * MINUTE, 14 * MINUTE])
})

test.each<[string, (session: Session<Data>) => unknown, number]>([
  ['writes', (session) => session.set('a', 2), 30],
  ['writes into an object', (session) => session.cart?.push('hat'), 30],
  ['writes what was there', (session) => session.set('a', 1), 29],
  ['reads an object', (session) => session.cart?.length, 29],
  [
    'writes what cannot be kept',
    ({ tree = {} }) => {
      tree.inner = tree
    },
    29,
  ],
])(
  'a use too soon for a touch that %s tells the end that is in the store afterwards [P8]',
  async (_what, use, minutes) => {
    const { browser, clock, memory } = startLater<Data>({ idleTimeout: '30m' })
    await browser.request((session) => void Object.assign(session, { a: 1, cart: [], tree: {} }))
    clock.advance('1m')
    const exchange = await browser.arrive()
    use(exchange.session)
    const told = exchange.session.expiresAt - clock.now()
    await exchange.leave().catch(() => {})
    expect([told, (recordIn(memory)?.expiresAt ?? 0) - clock.now()]).toEqual([
      minutes * MINUTE,
      minutes * MINUTE,
    ])
  },
)

test('a use that signs the ticket anew tells the end that is in the store afterwards [P7] [P8]', async () => {
  const started = startLater<Data>({ idleTimeout: '30m' })
  const { browser, clock, memory } = started
  await browser.request((session) => session.set('a', 1))
  clock.advance('1m')
  const secret = ['another-secret-of-the-tests-9876543210', SECRET] as const
  const sessions = startBeside<Data>(started, { idleTimeout: '30m', secret: [...secret] })
  const later = new Browser(sessions, browser.ticket)
  const lookedAt = await sessions.read(later.cookie ?? '')
  expect(lookedAt.expiresAt).toBe(clock.now() + 29 * MINUTE)
  const exchange = await later.arrive()
  const told = exchange.session.expiresAt
  await exchange.leave()
  expect([told, recordIn(memory)?.expiresAt]).toEqual([clock.now() + 30 * MINUTE, clock.now() + 30 * MINUTE])
})

describe('a session whose timeouts were shortened', () => {
  test('is told to end when it does, in a request, to whoever looks and in the list of its user [P8]', async () => {
    const started = startLater<Data>({ idleTimeout: '24h', absoluteTimeout: '48h' })
    const { browser, clock } = started
    await browser.request((session) => session.set('userId', 'ann'))
    clock.advance('30s')
    const sessions = startBeside<Data>(started, { idleTimeout: '15m', absoluteTimeout: '48h' })
    const later = new Browser(sessions, browser.ticket)
    const ends = clock.now() - 30_000 + 15 * MINUTE
    const lookedAt = await sessions.read(later.cookie ?? '')
    const [listed] = await sessions.user('ann').list()
    const { session } = await later.arrive()
    expect([session.expiresAt, lookedAt.expiresAt, listed?.expiresAt]).toEqual([ends, ends, ends])
    clock.advance(ends - clock.now())
    expect(await later.look()).toEqual({})
  })

  test('and lengthened ends when it was told to [P8]', async () => {
    const started = startLater<Data>({ idleTimeout: '15m' })
    const { browser, clock } = started
    await browser.request((session) => session.set('userId', 'ann'))
    const sessions = startBeside<Data>(started, { idleTimeout: '24h' })
    const [listed] = await sessions.user('ann').list()
    expect(listed?.expiresAt).toBe(clock.now() + 15 * MINUTE)
  })
})

const times = ({ createdAt, expiresAt }: Session<Data>, now: number): number[] => [
  createdAt - now,
  expiresAt - now,
]

test.each<[string, (session: Session<Data>) => Promise<void>, boolean]>([
  ['keeps data goes on in its age', (session) => session.regenerate({ keep: true }), true],
  ['keeps nothing begins anew', (session) => session.regenerate(), false],
])(
  'a session whose regenerate() %s, by its times before it is saved and after',
  async (_what, renew, goesOn) => {
    const { browser, clock } = startLater<Data>({ idleTimeout: '30m', absoluteTimeout: '1h' })
    await browser.request((session) => session.set('a', 1))
    clock.advance('20m')
    await browser.request((session) => session.a)
    clock.advance('20m')
    const { session } = await browser.arrive()
    await renew(session)
    session.a = 2
    const before = times(session, clock.now())
    await session.save()
    expect(before).toEqual(times(session, clock.now()))
    expect(before).toEqual(goesOn ? [-40 * MINUTE, 20 * MINUTE] : [0, 30 * MINUTE])
  },
)

const SIGNING_IN: ReadonlyArray<[string, (session: Session<Data>) => unknown, boolean]> = [
  ['names a user', (session) => session.set('userId', 'ann'), true],
  [
    'gets a new id and then names a user',
    (session) => session.regenerate({ keep: ['cart'] }).then(() => session.set('userId', 'ann')),
    true,
  ],
  [
    'names a user and then gets a new id',
    (session) => {
      session.userId = 'ann'
      return session.regenerate({ keep: true })
    },
    true,
  ],
  ['names nobody', (session) => session.set('a', 2), false],
]

test.each(SIGNING_IN)(
  'a visitor’s session that %s tells the same times before it is saved and after [P5] [P8]',
  async (_what, signIn, beginsAnew) => {
    const { browser, clock } = startLater<Data>({ idleTimeout: '30m', absoluteTimeout: '1h' })
    await browser.request((session) => session.set('cart', ['hat']))
    clock.advance('20m')
    await browser.request((session) => session.cart)
    clock.advance('20m')
    const { session } = await browser.arrive()
    await signIn(session)
    const before = times(session, clock.now())
    await session.save()
    expect(before).toEqual(times(session, clock.now()))
    expect(before).toEqual(beginsAnew ? [0, 30 * MINUTE] : [-40 * MINUTE, 20 * MINUTE])
  },
)

test('data that cannot be kept tells its times, and not that somebody signs in', async () => {
  const { browser, clock } = startLater<Data>({ user: (data) => data.userId })
  await browser.request((session) => session.set('tree', {}))
  clock.advance('1m')
  const { session } = await browser.arrive()
  const { tree = {} } = session
  tree.inner = tree
  expect(times(session, clock.now())).toEqual([-MINUTE, 24 * 60 * MINUTE - MINUTE])
})

const WRITES: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
  ['a key', (session) => session.set('a', 2)],
  ['by update()', (session) => session.update((draft) => void Object.assign(draft, { a: 2 }))],
]

test.each(WRITES)(
  'somebody active who has written %s is not logged out by a clock that is set back [P8]',
  async (_what, write) => {
    const { browser, clock } = startLater<Data>({ idleTimeout: '2m' })
    await browser.request((session) => session.set('a', 1))
    for (let at = 0; at < 6; at++) {
      clock.advance('10s')
      await browser.request((session) => session.a)
    }
    clock.advance(-4 * MINUTE)
    await browser.request(write)
    for (let at = 0; at < 30; at++) {
      clock.advance('10s')
      await browser.request((session) => session.a)
    }
    expect(await browser.look()).toEqual({ a: 2 })
  },
)
