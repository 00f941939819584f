import { afterEach, describe, expect, test } from 'vitest'
import { applyEffects } from '../../src/core/response-effects.ts'
import type { Session } from '../../src/core/session.ts'
import type { MemorySessionStore } from '../../src/stores/memory.ts'
import type { Browser } from '../engine/browser.ts'
import { HeaderMap } from '../engine/header-map.ts'
import { MapStore } from '../engine/map-store.ts'
import { start, startLater, startOn } from '../engine/start.ts'

/** A deep merge as applications have them, without a check of the keys. */
function merge(target: object, source: object): void {
  for (const [key, value] of Object.entries(source)) {
    const there: unknown = Reflect.get(target, key)
    if (typeof value === 'object' && value !== null && typeof there === 'object' && there !== null) {
      merge(there, value)
    } else {
      Reflect.set(target, key, value)
    }
  }
}

const HOSTILE = [
  '{"__proto__":{"isAdmin":1},"a":1}',
  '{"constructor":{"prototype":{"isAdmin":1}},"a":1}',
  '{"a":{"__proto__":{"isAdmin":1}}}',
  '{"a":{"constructor":{"prototype":{"isAdmin":1}}}}',
  '{"a":[{"__proto__":{"isAdmin":1}}]}',
  '{"\\u005f\\u005fproto\\u005f\\u005f":{"isAdmin":1},"a":1}',
]

interface Prefs {
  prefs: unknown
  b: number
}

const PREFS = '{"theme":"dark","__proto__":{"isAdmin":1}}'

async function firstId(browser: Browser<Prefs>): Promise<string> {
  await browser.request((session) => session.set('b', 1))
  return (await browser.arrive()).session.id
}

/** Puts the key into a record, as another program would. */
function spoilt(memory: MemorySessionStore, id: string): number {
  const stored = memory.get(id)
  if (stored === null) throw new Error('no record')
  memory.set(id, { ...stored, data: `{"prefs":${PREFS},"b":1}` }, { ttl: 60_000 })
  return stored.revision
}

/** Nothing in this process has become an administrator. */
function expectClean(): void {
  expect(Reflect.get({}, 'isAdmin')).toBeUndefined()
  expect(Reflect.get([], 'isAdmin')).toBeUndefined()
  expect(Reflect.get(() => 1, 'isAdmin')).toBeUndefined()
}

afterEach(() => {
  Reflect.deleteProperty(Object.prototype, 'isAdmin')
})

describe('[A12] prototype pollution', () => {
  test.each(HOSTILE)(
    'a record that holds %s makes nobody an administrator, however its session is used [A12] [C70]',
    async (data) => {
      const { browser, sessions, store } = startOn<{ a: unknown; b: number }, MapStore>(() => new MapStore())
      await browser.request((session) => session.set('b', 1))
      for (const [id, text] of store.records)
        store.records.set(id, JSON.stringify({ ...JSON.parse(text), data }))
      const { session } = await browser.arrive()
      for (const copy of [
        session,
        { ...session },
        Object.assign({}, session),
        session.toJSON(),
        JSON.parse(JSON.stringify(session)),
      ]) {
        expect(Reflect.get(copy, 'isAdmin')).toBeUndefined()
        expect(Reflect.get(Object(Reflect.get(copy, 'a')), 'isAdmin')).toBeUndefined()
      }
      merge({}, session.toJSON())
      await browser.request((one) => one.set('b', 2))
      await browser.request((one) => one.update((draft) => void Object.assign(draft, { b: 3 })))
      await browser.request((one) => one.regenerate({ keep: true }))
      await browser.request((one) => one.reload())
      expect((await browser.look()).b).toBe(3)
      expect(Reflect.get((await sessions.open(null)).session, 'isAdmin')).toBeUndefined()
      expectClean()
    },
  )

  test('hostile JSON merged into one session changes no other session [A12]', async () => {
    const { browser, sessions } = start<{ a: number }>()
    const hostile = JSON.parse('{"__proto__":{"isAdmin":true,"toJSON":"broken","get":"broken"}}')
    const { session } = await browser.arrive()
    try {
      merge(session, hostile)
    } catch {
      // Refusing it is as good as ignoring it.
    }
    const other = (await sessions.open(null)).session
    expect('isAdmin' in other).toBe(false)
    expect(typeof other.toJSON).toBe('function')
    expect(typeof other.get).toBe('function')
    expectClean()
  })

  test.each(['__proto__', 'constructor'])('%s cannot be written, in any way there is [A12]', async (key) => {
    const { browser, memory } = start<Record<string, unknown>>()
    const { session, passage } = await browser.arrive()
    const value = { isAdmin: 1 }
    const ways: ReadonlyArray<() => unknown> = [
      () => Reflect.set(session, key, value),
      () => session.set(key, value),
      () => Object.defineProperty(session, key, { value }),
      () => Object.assign(session, JSON.parse(`{"${key}":{"isAdmin":1}}`)),
    ]
    for (const way of ways) expect(way).toThrow(expect.objectContaining({ code: 'ERR_DATA_KEY_RESERVED' }))
    await passage.commit()
    expect(
      memory
        .entries()
        .records.map(({ data }) => data)
        .join(),
    ).not.toContain('isAdmin')
    expect(Reflect.get((await browser.arrive()).session, 'isAdmin')).toBeUndefined()
  })

  test('keys that objects inherit are data like any other [A12]', async () => {
    const { browser } = start<Record<string, unknown>>()
    const data = {
      toString: 1,
      valueOf: 2,
      hasOwnProperty: 3,
      prototype: 4,
      __defineGetter__: 5,
      isPrototypeOf: 6,
    }
    const { session } = await browser.arrive()
    for (const key of Object.keys(data)) expect(session.has(key)).toBe(false)
    await browser.request((one) => Object.assign(one, data))
    expect(await browser.look()).toEqual(data)
    await browser.request((one) => one.regenerate({ keep: ['toString', 'constructor', '__proto__'] }))
    expect(await browser.look()).toEqual({ toString: 1 })
  })

  test('what a session is given with __proto__ in it is kept without, and written once [A12]', async () => {
    const { browser, memory } = startLater<Prefs>()
    const written = (): unknown => memory.entries().records.map(({ data, revision }) => ({ data, revision }))
    const once = [{ data: '{"prefs":{"theme":"dark"}}', revision: 1 }]
    await browser.request(async (session) => {
      session.prefs = JSON.parse(PREFS)
      await session.save()
      expect(written()).toEqual(once)
      // The request has what it was given.
      expect(JSON.stringify(session.prefs)).toBe(PREFS)
    })
    await browser.request((session) => expect(JSON.stringify(session.prefs)).toBe('{"theme":"dark"}'))
    expect(written()).toEqual(once)
  })

  test('what a session was given with __proto__ in it undoes no parallel write once it is saved [A12] [P3]', async () => {
    const { browser } = startLater<Prefs>()
    await browser.request((session) => session.set('b', 0))
    const slow = await browser.arrive()
    const { session } = slow
    session.prefs = JSON.parse(PREFS)
    await session.save()
    await browser.request((one) => one.set('prefs', { theme: 'light' }))
    session.b = 1
    await session.save()
    expect(session.prefs).toEqual({ theme: 'light' })
    session.b = 2
    await slow.leave()
    expect(await browser.look()).toEqual({ prefs: { theme: 'light' }, b: 2 })
  })

  test('a record with __proto__ from another hand is not written for every look at it [A12]', async () => {
    const { browser, memory } = startLater<Prefs>()
    const revision = spoilt(memory, await firstId(browser))
    const looks: ReadonlyArray<(session: Session<Prefs>) => unknown> = [
      (session) => session.b,
      (session) => session.prefs,
    ]
    for (const look of [...looks, ...looks]) await browser.request(look)
    expect(memory.entries().records[0]?.revision).toBeLessThanOrEqual(revision + 1)
    expect(await browser.look()).toEqual({ prefs: { theme: 'dark' }, b: 1 })
  })

  test('a look at a record with __proto__ from another hand takes nothing from who writes it [A12] [P3]', async () => {
    const { browser, memory } = startLater<Prefs>()
    spoilt(memory, await firstId(browser))
    const looking = await browser.arrive()
    expect(looking.session.prefs).toEqual({ theme: 'dark' })
    await browser.request((session) => session.set('prefs', { theme: 'light' }))
    await looking.leave()
    expect(await browser.look()).toEqual({ prefs: { theme: 'light' }, b: 1 })
  })

  test('a polluted process is not let through: what is missing stays missing [A12]', async () => {
    const { browser, sessions } = start<Record<string, unknown>>()
    await browser.request((session) => session.set('a', 1))
    Object.defineProperty(Object.prototype, 'isAdmin', {
      value: true,
      configurable: true,
      enumerable: false,
      writable: true,
    })
    const { session } = await browser.arrive()
    expect(session.has('isAdmin')).toBe(false)
    expect(Object.keys(session)).toEqual(['a'])
    expect(Object.hasOwn(session, 'isAdmin')).toBe(false)
    await browser.request((one) => one.set('b', 1))
    expect(JSON.stringify(await browser.look())).toBe('{"a":1,"b":1}')
    const headers = new HeaderMap()
    const passage = await sessions.open(null)
    passage.session.c = 1
    const effects = await passage.commit()
    if (effects !== null) applyEffects(effects, headers)
    expect(Object.keys(headers.all()).sort()).toEqual(['cache-control', 'set-cookie', 'vary'])
  })
})
