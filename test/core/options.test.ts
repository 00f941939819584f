import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { AS_IN_SESSIONS } from '../../src/core/option-names.ts'
import type { SessionsOptions } from '../../src/core/options.ts'
import { resolvePolicy } from '../../src/core/options.ts'
import { createSessions } from '../../src/core/sessions.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { Browser } from '../engine/browser.ts'
import { SECRET, start } from '../engine/start.ts'

const DAY = 86_400_000

/** Builds a manager from options no type checker has seen, as JavaScript callers do. */
function build(options: object): unknown {
  const all: object = { secret: SECRET, store: new MemorySessionStore(), ...options }
  return Reflect.apply(createSessions, undefined, [all])
}

function policyOf(options: Partial<SessionsOptions<Record<string, unknown>>>) {
  return resolvePolicy({ secret: SECRET, store: new MemorySessionStore(), ...options }, AS_IN_SESSIONS)
}

describe('an option of the wrong type is refused by name [P12]', () => {
  const wrong: ReadonlyArray<[string, object]> = [
    ['schema', { schema: null }],
    ['cookie', { cookie: 5 }],
    ['cookie', { cookie: true }],
    ['cookie', { cookie: null }],
    ['user', { user: null }],
    ['name', { cookie: { name: 'a'.repeat(4_050) } }],
    ['cookie.name must be', { cookie: { name: null } }],
    ['cookie.name must be', { cookie: { name: 'a b' } }],
    ['cookie.sameSite must be', { cookie: { sameSite: null } }],
    ['cookie.sameSite must be', { cookie: { sameSite: 'Lax' } }],
    ['cookie.sameSite must be', { cookie: { sameSite: ['lax'] } }],
    ['cookie.sameSite must be', { cookie: { sameSite: Object.create(null) } }],
    ['cookie.path must', { cookie: { path: null } }],
    ['cookie.path must', { cookie: { path: 'shop' } }],
    ['cookie.domain must be', { cookie: { domain: null } }],
    ['cookie.domain must be', { cookie: { domain: 'a b' } }],
    ['onStoreFailure', { onStoreFailure: '' }],
    ['maxBytes', { maxBytes: '65536' }],
    ['now', { now: 0 }],
  ]
  test.each(wrong)('%s, case %#', (name, options) => {
    expect(() => build(options)).toThrow(expect.objectContaining({ name: 'ConfigError' }))
    expect(() => build(options)).toThrow(name)
  })
})

describe('the defaults', () => {
  test('are 24 hours, 30 days, a touch in 5 minutes, 64 KiB, and failing', () => {
    expect(policyOf({})).toMatchObject({
      idle: DAY,
      absolute: 30 * DAY,
      touchInterval: 300_000,
      maxBytes: 65_536,
      validate: null,
      onStoreFailure: 'fail',
    })
    expect(Math.abs(policyOf({}).now() - Date.now())).toBeLessThan(1_000)
  })

  test.each([
    [{ idleTimeout: '40d' }, 30 * DAY, 30 * DAY],
    [{ absoluteTimeout: '1h' }, 3_600_000, 3_600_000],
    [{ idleTimeout: '1h', absoluteTimeout: '1h' }, 3_600_000, 3_600_000],
    [{ idleTimeout: 1_000, absoluteTimeout: '400d' }, 1_000, 400 * DAY],
  ] as const)('meet %j as an idle timeout of %i and an absolute one of %i', (options, idle, absolute) => {
    expect(policyOf(options)).toMatchObject({ idle, absolute })
  })
})

describe('whom data belongs to', () => {
  const users: ReadonlyArray<[unknown, string | undefined]> = [
    [undefined, undefined],
    [null, undefined],
    ['', undefined],
    [false, undefined],
    ['ann', 'ann'],
    [' ', ' '],
    [7, '7'],
    [0, '0'],
    [true, 'true'],
    [{ id: 7 }, '{"id":7}'],
    [['a', 1], '["a",1]'],
    [{ toJSON: () => 'ann' }, 'ann'],
    [{ toJSON: () => null }, undefined],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
  ]
  test.each(users)('by userId %j is %j', (userId, user) => {
    expect(policyOf({}).userOf({ userId })).toBe(user)
  })

  test('is nobody by an object that JSON leaves out', () => {
    expect(policyOf({}).userOf({ userId: { toJSON: () => undefined } })).toBeUndefined()
  })

  test('is told by the option from a copy that it may spoil', () => {
    const data = { account: { id: 'ann' } }
    const { userOf } = policyOf({
      user: (given) => {
        const account: unknown = Reflect.get(given, 'account')
        const id: unknown = Reflect.get(Object(account), 'id')
        Reflect.set(Object(account), 'id', 'spoilt')
        return String(id)
      },
    })
    expect(userOf(data)).toBe('ann')
    expect(data).toEqual({ account: { id: 'ann' } })
  })

  test('is in doubt when the option throws: the request fails and nothing is saved [P5]', async () => {
    const { browser, memory } = start<{ a: number }>({
      user: () => {
        throw new TypeError('from the option')
      },
    })
    await expect(browser.request((session) => session.set('a', 1))).rejects.toThrow('from the option')
    expect(memory.count()).toBe(0)
  })
})

describe('a clock', () => {
  test('that gives fractions is read in whole milliseconds', () => {
    expect(policyOf({ now: () => 1_234.9 }).now()).toBe(1_234)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, 'now'])(
    'that gives %j stops the request',
    (time) => {
      const options: object = { secret: SECRET, store: new MemorySessionStore(), now: () => time }
      const { now } = Reflect.apply(resolvePolicy, undefined, [options, AS_IN_SESSIONS])
      expect(() => now()).toThrow(expect.objectContaining({ name: 'ConfigError' }))
    },
  )
})

describe('what the caller changes in the options afterwards', () => {
  test('changes nothing in the manager', async () => {
    const options = { idleTimeout: '30m' as const, cookie: { name: 'mine' } }
    const { browser, sessions } = start<{ a: number }>(options)
    options.cookie.name = 'other'
    await browser.request((session) => session.set('a', 1))
    expect(sessions.cookieName).toBe('mine')
    expect(await browser.look()).toEqual({ a: 1 })
  })
})

describe('an option user that answers with a promise', () => {
  test('is refused when it is first asked, and nothing is saved [P5]', async () => {
    const { memory } = start()
    const user = async (data: { userId?: string }): Promise<string | undefined> => data.userId
    const sessions = Reflect.apply(createSessions, undefined, [{ secret: SECRET, store: memory, user }])
    const passage = await sessions.open(null)
    passage.session.theme = 'dark'
    const told = { name: 'ConfigError', code: 'ERR_CONFIG_INVALID', message: expect.stringContaining('user') }
    expect(() => passage.commit()).toThrow(expect.objectContaining(told))
    expect(memory.count()).toBe(0)
  })
})

describe('without a clock of its own', () => {
  test('a manager goes by the one that stands in for Date later [P8]', async () => {
    const sessions = createSessions<{ name: string }>({
      secret: SECRET,
      store: new MemorySessionStore(),
      idleTimeout: '30m',
    })
    const browser = new Browser(sessions)
    await browser.request((session) => {
      session.name = 'Ada'
    })
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    vi.advanceTimersByTime(31 * 60_000)
    expect(await browser.look()).toEqual({})
  })
})
