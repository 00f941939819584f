import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import type { Session } from '../../src/core/session.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { interceptStore } from '../../src/testing/intercept-store.ts'
import { EventLog } from '../engine/event-log.ts'
import { MapStore } from '../engine/map-store.ts'
import { type start, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type Options = Parameters<typeof start<Data>>[0]

/** On a store that never forgets anything: what ends here is ended by the engine. */
async function visitor(options: Options = {}) {
  const started = startOn<Data, MapStore>(() => new MapStore(), options)
  await started.browser.request((session) => session.set('a', 1))
  return started
}

/** The same on a full store, its calls counted. */
async function counted(options: Options = {}) {
  const started = startOn<Data, ReturnType<typeof count>>(count, options)
  await started.browser.request((session) => session.set('a', 1))
  started.store.resetCalls()
  return started
}

function count<Store extends SessionStore>(store: Store) {
  return interceptStore(store, (_operation, run) => run(), {})
}

const LIMITS: ReadonlyArray<[string, Options, number, 'idle' | 'absolute']> = [
  ['the default idle timeout, 24 h,', {}, DAY, 'idle'],
  ['an idle timeout of 30 minutes', { idleTimeout: '30m' }, 30 * MINUTE, 'idle'],
  ['an absolute timeout of 8 hours', { absoluteTimeout: '8h' }, 8 * HOUR, 'absolute'],
]

describe('a session that nobody uses', () => {
  test.each(LIMITS)(
    'lives until the last millisecond of %s and not longer [P8] [C30]',
    async (_name, options, limit, reason) => {
      const { browser, clock, sessions } = await visitor(options)
      clock.advance(limit - 1)
      expect(await browser.look()).toEqual({ a: 1 })
      const log = new EventLog(sessions)
      clock.advance(1)
      expect(await browser.look()).toEqual({})
      expect(log.told).toEqual([`expired: ${reason}`])
    },
  )

  test('is over whatever its cookie says [P8] [C23]', async () => {
    const { browser, clock } = await visitor({ cookie: { persistent: true } })
    clock.advance('25h')
    const response = await browser.request((session) => expect(session.a).toBeUndefined())
    expect(browser.ticket).not.toBeNull()
    expect(response.ticket).toBeNull()
  })
})

describe('a session in use', () => {
  test('lives on by each use, up to the absolute timeout and no further [P8] [C31]', async () => {
    const { browser, clock } = await visitor({ idleTimeout: '30m', absoluteTimeout: '8h' })
    for (let passed = 5 * MINUTE; passed < 8 * HOUR; passed += 5 * MINUTE) {
      clock.advance('5m')
      await browser.request((session) => expect(session.a).toBe(1))
    }
    clock.advance('5m')
    expect(await browser.look()).toEqual({})
  })

  const USES: ReadonlyArray<[string, (session: Session<Data>, round: number) => unknown]> = [
    ['reading', (session) => session.a],
    ['touch()', (session) => session.touch()],
    ['writing', (session, round) => session.set('a', round)],
    ['update()', (session, round) => session.update((draft) => void Object.assign(draft, { a: round }))],
    ['regenerate({ keep: true })', (session) => session.regenerate({ keep: true })],
    ["regenerate({ keep: ['a'] })", (session) => session.regenerate({ keep: ['a'] })],
  ]
  test.each(USES)(
    'is over after 30 days, however often %s renews it, by default [P8] [C31]',
    async (_name, use) => {
      const { browser, clock } = await visitor()
      for (let day = 1; day < 60; day++) {
        clock.advance('12h')
        await browser.request((session) => use(session, day))
        expect(browser.ticket, `day ${day / 2}`).not.toBeNull()
      }
      expect(await browser.look()).toHaveProperty('a')
      clock.advance('12h')
      expect(await browser.look()).toEqual({})
    },
  )

  test.each(USES)('has its idle timeout started again by %s [P8] [C30]', async (_name, use) => {
    const { browser, clock } = await visitor({ idleTimeout: '30m' })
    clock.advance('29m')
    await browser.request((session) => use(session, 2))
    clock.advance('29m')
    expect(await browser.look()).toHaveProperty('a')
  })

  test('starts a new life when its user signs in [P8] [C32]', async () => {
    const { browser, clock } = await visitor({ idleTimeout: '8h', absoluteTimeout: '8h' })
    clock.advance('7h')
    await browser.request((session) => session.set('userId', 'ann'))
    clock.advance('7h')
    expect(await browser.look()).toEqual({ a: 1, userId: 'ann' })
    clock.advance('1h')
    expect(await browser.look()).toEqual({})
  })

  test.each<[string, (session: Session<Data>) => Promise<void>, boolean]>([
    ['regenerate()', (session) => session.regenerate(), true],
    ['a regenerate() that keeps all but the user', (session) => session.regenerate({ keep: ['a'] }), true],
    ['a regenerate() that keeps the user', (session) => session.regenerate({ keep: true }), false],
  ])(
    'after %s, the same user is one who signs in again or not [P8] [C04] [C32]',
    async (_how, renew, signsInAgain) => {
      const { browser, clock } = await visitor({ idleTimeout: '8h', absoluteTimeout: '8h' })
      await browser.request((session) => session.set('userId', 'ann'))
      clock.advance('7h')
      await browser.request(async (session) => {
        await renew(session)
        session.userId = 'ann'
      })
      clock.advance('2h')
      expect(Object.hasOwn(await browser.look(), 'userId')).toBe(signsInAgain)
    },
  )

  test('does not live longer because its user signs out [P8] [C31]', async () => {
    const { browser, clock } = await visitor({ idleTimeout: '8h', absoluteTimeout: '8h' })
    await browser.request((session) => session.set('userId', 'ann'))
    clock.advance('7h')
    await browser.request((session) => void delete session.userId)
    expect(await browser.look()).toEqual({ a: 1 })
    clock.advance('1h')
    expect(await browser.look()).toEqual({})
  })
})

describe('what a record says of time', () => {
  const born = Date.UTC(2026, 0, 1)
  const nonsense: ReadonlyArray<[string, Record<string, unknown>]> = [
    ...['createdAt', 'touchedAt', 'expiresAt'].flatMap(
      (field): Array<[string, Record<string, unknown>]> => [
        [`${field} missing`, { [field]: undefined }],
        [`${field} null, which NaN and Infinity become in JSON`, { [field]: null }],
        [`${field} a text`, { [field]: '9999999999999' }],
        [`${field} a date in words`, { [field]: '2026-01-01T00:00:00.000Z' }],
        [`${field} negative`, { [field]: -1 }],
        [`${field} half a millisecond`, { [field]: 0.5 }],
        [`${field} over all bounds`, { [field]: 1e300 }],
        [`${field} zero`, { [field]: 0 }],
      ],
    ),
    ['createdAt in the future by an hour', { createdAt: born + HOUR }],
    ['touchedAt in the future by an hour', { touchedAt: born + HOUR }],
    ['all of them in the year 9999', { createdAt: 253e12, touchedAt: 253e12, expiresAt: 253e12 }],
    ['an expiry that has passed', { expiresAt: born }],
  ]
  test.each(nonsense)('with %s makes it no session [P8] [C35]', async (_name, times) => {
    const { browser, store } = await visitor()
    spoil(store, times)
    expect(await browser.look()).toEqual({})
  })

  test('about its end in the year 9999 does not outlive the limits [P8] [C35]', async () => {
    const { browser, store, clock } = await visitor()
    spoil(store, { expiresAt: 253e12 })
    expect(await browser.look()).toEqual({ a: 1 })
    clock.advance('24h')
    expect(await browser.look()).toEqual({})
  })

  test('holds against limits that were loosened since, and limits that were tightened hold against it [P8]', async () => {
    const loose = await visitor({ idleTimeout: '1h' })
    const record: SessionRecord = JSON.parse([...loose.store.records.values()][0] ?? '')
    expect(record.expiresAt).toBe(record.touchedAt + HOUR)
    const tightened = startOn<Data, MapStore>(() => loose.store, { idleTimeout: '10m' })
    tightened.browser.ticket = loose.browser.ticket
    expect(await tightened.browser.look()).toEqual({ a: 1 })
    tightened.clock.advance('10m')
    expect(await tightened.browser.look()).toEqual({})
    const loosened = startOn<Data, MapStore>(() => loose.store, { idleTimeout: '24h' })
    loosened.browser.ticket = loose.browser.ticket
    loosened.clock.advance('1h')
    expect(await loosened.browser.look()).toEqual({})
  })

  function spoil(store: MapStore, times: Record<string, unknown>): void {
    for (const [id, text] of store.records)
      store.records.set(id, JSON.stringify({ ...JSON.parse(text), ...times }))
  }
})

describe('a touch', () => {
  const WINDOWS: ReadonlyArray<[string, Options, number]> = [
    ['a twentieth of 30 minutes', { idleTimeout: '30m' }, 90_000],
    ['a twentieth of 10 seconds', { idleTimeout: '10s' }, 500],
    ['5 minutes, with the default idle timeout', {}, 5 * MINUTE],
    ['5 minutes, with a long idle timeout', { idleTimeout: '10d' }, 5 * MINUTE],
    ['a twentieth of an absolute timeout under the default idle one', { absoluteTimeout: '10m' }, 30_000],
  ]
  test.each(WINDOWS)(
    'is written once in %s, and not a millisecond earlier [P8]',
    async (_name, options, window) => {
      const { browser, store, clock } = await counted(options)
      const steps: number[] = []
      for (const step of [window - 1, 1, window - 1, 1]) {
        clock.advance(step)
        for (let request = 0; request < 3; request++) await browser.request((session) => session.a)
        steps.push(store.calls.touch)
      }
      expect(steps).toEqual([0, 1, 1, 2])
      expect(store.calls.replace + store.calls.set + store.calls.create).toBe(0)
    },
  )

  test('is written once by 50 requests at the same moment [P8]', async () => {
    const { browser, store, clock } = await counted()
    clock.advance('10m')
    const exchanges = await Promise.all(Array.from({ length: 50 }, () => browser.arrive()))
    await Promise.all(
      exchanges.map((exchange) => {
        expect(exchange.session.a).toBe(1)
        return exchange.leave()
      }),
    )
    expect(store.calls.touch).toBe(1)
  })

  test('is counted from the last write, which is one too [P8]', async () => {
    const { browser, store, clock } = await counted()
    clock.advance('4m')
    await browser.request((session) => session.set('a', 2))
    clock.advance('4m')
    await browser.request((session) => session.a)
    expect(store.calls.touch).toBe(0)
  })

  test('by others lets a request go on that is slower than the idle timeout [P8]', async () => {
    const { browser, clock } = await visitor({ idleTimeout: '1h' })
    const slow = await browser.arrive()
    expect(slow.session.a).toBe(1)
    clock.advance('40m')
    await browser.request((session) => session.a)
    clock.advance('40m')
    slow.session.a = 2
    await slow.leave()
    expect(await browser.look()).toEqual({ a: 2 })
  })

  test('moves the end in the record to the nearer of both timeouts, and nothing else in it [P8]', async () => {
    const { browser, memory, clock } = await counted({ idleTimeout: '2h', absoluteTimeout: '3h' })
    const [before] = memory.entries().records
    clock.advance('90m')
    await browser.request((session) => session.a)
    const [after] = memory.entries().records
    if (before === undefined) throw new Error('no record')
    expect(after).toEqual({ ...before, touchedAt: clock.now(), expiresAt: before.createdAt + 3 * HOUR })
  })
})

describe('what the store is told of time', () => {
  test('is the rest of the life at each write: the nearer of both timeouts [P8]', async () => {
    const ttls: number[] = []
    const { browser, clock } = startOn<Data, SessionStore>(
      (memory) =>
        new Proxy(memory, {
          get(target, key) {
            const member: unknown = Reflect.get(target, key, target)
            if (typeof member !== 'function') return member
            return (...args: unknown[]): unknown => {
              const options: unknown = args.at(-1)
              if (typeof options === 'object' && options !== null && 'ttl' in options)
                ttls.push(Number(options.ttl))
              return Reflect.apply(member, target, args)
            }
          },
        }),
      { idleTimeout: '2h', absoluteTimeout: '3h' },
    )
    await browser.request((session) => session.set('a', 1))
    clock.advance('90m')
    await browser.request((session) => session.a)
    clock.advance('30m')
    await browser.request((session) => session.set('a', 2))
    expect(ttls).toEqual([2 * HOUR, 1.5 * HOUR, 1 * HOUR])
  })
})
