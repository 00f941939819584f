import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import type { Exchange } from '../engine/exchange.ts'
import { MapStore } from '../engine/map-store.ts'
import { type Started, start, startLater, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  cart: string[]
  seen: number
}

type Setting = Started<Data, SessionStore>

const STORES: ReadonlyArray<[string, () => Setting]> = [
  ['at once', () => start<Data>()],
  ['later', () => startLater<Data>()],
  ['without conditions', () => startOn<Data, SessionStore>(() => new MapStore())],
]

const LOGINS: ReadonlyArray<[string, (exchange: Exchange<Data>, user: string) => unknown, boolean]> = [
  ['naming the user', ({ session }, user) => session.set('userId', user), true],
  [
    'regenerate() that keeps the cart',
    async ({ session }, user) => {
      await session.regenerate({ keep: ['cart'] })
      session.userId = user
    },
    true,
  ],
  [
    'regenerate() that keeps nothing',
    async ({ session }, user) => {
      await session.regenerate()
      session.userId = user
    },
    false,
  ],
  [
    'regenerate(callback), as Passport does',
    async (exchange, user) => {
      await new Promise<void>((resolve) => void exchange.session.regenerate(() => resolve()))
      exchange.session.userId = user
      await exchange.session.save()
    },
    false,
  ],
]

/** A visitor with something in the cart, and requests of theirs that are under way. */
async function visitor(setting: Setting, requests: number) {
  await setting.browser.request((session) => session.set('cart', ['hat']))
  const exchanges: Exchange<Data>[] = []
  for (let count = 0; count < requests; count++) exchanges.push(await setting.browser.arrive())
  // Each has been loaded: what comes then is met in the store.
  for (const { session } of exchanges) expect(session.cart).toEqual(['hat'])
  return exchanges
}

/** Lets a response leave, and gives what its browser finds with what it was sent. */
async function answered(setting: Setting, exchange: Exchange<Data>): Promise<Partial<Data> | null> {
  const { ticket } = await exchange.leave()
  await exchange.end()
  return ticket === null ? null : new Browser(setting.sessions, ticket).look()
}

describe.each(STORES)('with a store that answers %s', (_pace, begin) => {
  describe.each(LOGINS)('who logs in by %s', (_way, login, keepsCart) => {
    const expected = keepsCart ? { userId: 'ann', cart: ['hat'] } : { userId: 'ann' }

    test('twice at once, as with a double click, is logged in by whichever answer arrives [P5]', async () => {
      const setting = begin()
      const [first, second] = await visitor(setting, 2)
      if (first === undefined || second === undefined) throw new Error('nobody has come')
      await login(first, 'ann')
      await login(second, 'ann')
      const log = new EventLog(setting.sessions)
      expect(await answered(setting, first)).toEqual(expected)
      expect(await answered(setting, second)).toEqual(expected)
      expect(log.told.filter((told) => told.startsWith('discarded'))).toEqual([])
      expect(await setting.browser.look()).toEqual({})
    })

    test.each<[string, (setting: Setting) => unknown]>([
      ['is destroyed', ({ browser }) => browser.copy().request((session) => session.destroy())],
      [
        'is revoked by its id',
        async ({ browser, sessions }) => {
          await sessions.revoke((await browser.arrive()).session.id)
        },
      ],
      ['times out', ({ clock }) => clock.advance('31d')],
    ])('is logged in when the visitor’s session %s meanwhile [P5]', async (_ending, end) => {
      const setting = begin()
      const [slow] = await visitor(setting, 1)
      if (slow === undefined) throw new Error('nobody has come')
      const before = setting.browser.ticket
      await end(setting)
      await login(slow, 'ann')
      expect(await answered(setting, slow)).toEqual(expected)
      // What has ended stays so: it is another session that has begun.
      expect(await new Browser(setting.sessions, before).look()).toEqual({})
    })
  })

  test('a login whose headers have left is lost, as ever, and says so [P4]', async () => {
    const setting = begin()
    const [slow] = await visitor(setting, 1)
    if (slow === undefined) throw new Error('nobody has come')
    await setting.browser.copy().request((session) => session.destroy())
    const log = new EventLog(setting.sessions)
    await slow.leave()
    slow.session.userId = 'ann'
    await slow.end()
    expect(log.told).toContainEqual(expect.stringMatching(/^discarded/))
    expect(
      await setting.sessions
        .user('ann')
        .list()
        .catch(() => []),
    ).toEqual([])
  })

  test.each<[string, (session: Session<Data>) => unknown]>([
    ['that changes its user', (session) => session.set('userId', 'bob')],
    ['that begins anew and names one', (session) => [session.clear(), session.set('userId', 'bob')]],
  ])('a request %s brings nothing back of a user’s session that has ended [P4]', async (_what, act) => {
    const setting = begin()
    await setting.browser.request((session) => session.set('userId', 'ann'))
    const slow = await setting.browser.arrive()
    expect(slow.session.userId).toBe('ann')
    await setting.browser.copy().request((session) => session.destroy())
    await act(slow.session)
    expect(await answered(setting, slow)).toBeNull()
  })

  test('a visitor’s request that names nobody brings nothing back of a session that has ended [P4]', async () => {
    const setting = begin()
    const [slow] = await visitor(setting, 1)
    if (slow === undefined) throw new Error('nobody has come')
    await setting.browser.copy().request((session) => session.destroy())
    slow.session.seen = 1
    expect(await answered(setting, slow)).toBeNull()
  })
})
