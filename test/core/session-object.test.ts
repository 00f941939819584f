import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import { type start, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  b: number | null
  cart: { items: string[] }
}

async function visitor(options: Parameters<typeof start<Data>>[0] = {}) {
  const started = startLater<Data>(options)
  await started.browser.request((session) => {
    session.a = 1
    session.b = null
    session.cart = { items: ['hat'] }
  })
  return started
}

/** The session of a request that loaded it. */
async function loaded(): Promise<Session<Data>> {
  return (await (await visitor()).browser.arrive()).session
}

const DATA = { a: 1, b: null, cart: { items: ['hat'] } }
const VERBS = [
  'id',
  'isNew',
  'createdAt',
  'expiresAt',
  'has',
  'get',
  'set',
  'clear',
  'regenerate',
  'destroy',
  'save',
  'reload',
  'touch',
  'update',
  'toJSON',
]
const RESERVED = [...VERBS, 'constructor', '__proto__']

describe('looking at a session shows the data and nothing else', () => {
  test('in keys, entries, for-in, spread, JSON, Object.assign and console.log', async () => {
    const session = await loaded()
    const forIn: string[] = []
    for (const key in session) forIn.push(key)
    expect(forIn).toEqual(['a', 'b', 'cart'])
    expect(Object.keys(session)).toEqual(['a', 'b', 'cart'])
    expect(Object.getOwnPropertyNames(session)).toEqual(['a', 'b', 'cart'])
    expect(Reflect.ownKeys(session)).toEqual(['a', 'b', 'cart'])
    expect(Object.getOwnPropertySymbols(session)).toEqual([])
    expect(Object.entries(session)).toEqual(Object.entries(DATA))
    expect({ ...session }).toEqual(DATA)
    expect(Object.assign({}, session)).toEqual(DATA)
    expect(JSON.parse(JSON.stringify(session))).toEqual(DATA)
    expect(session.toJSON()).toEqual(DATA)
    expect(inspect(session)).toContain("{ a: 1, b: null, cart: { items: [ 'hat' ] } }")
  })

  test('in what is spread, there is no verb, own or inherited', async () => {
    const copy = { ...(await loaded()) }
    for (const verb of VERBS) expect(copy).not.toHaveProperty(verb)
  })

  test('by has, in, hasOwn and propertyIsEnumerable', async () => {
    const session = await loaded()
    expect([session.has('a'), session.has('b'), session.has('userId')]).toEqual([true, true, false])
    expect(['a' in session, 'userId' in session, 'save' in session]).toEqual([true, false, true])
    expect([Object.hasOwn(session, 'a'), Object.hasOwn(session, 'save')]).toEqual([true, false])
    expect(Reflect.apply(Object.prototype.hasOwnProperty, session, ['a'])).toBe(true)
    expect(Reflect.apply(Object.prototype.propertyIsEnumerable, session, ['a'])).toBe(true)
    expect(Reflect.apply(Reflect.has, undefined, [session, 'toString'])).toBe(true)
  })

  test('toJSON() gives a copy, not the live data', async () => {
    const session = await loaded()
    session.toJSON().cart?.items.push('stray')
    expect(session.cart?.items).toEqual(['hat'])
  })

  test('by a symbol gives nothing, and the text of it is that of any object', async () => {
    const session = await loaded()
    expect(Reflect.get(session, Symbol('x'))).toBeUndefined()
    expect(Reflect.has(session, Symbol('x'))).toBe(false)
    expect(`${session}`).toBe('[object Object]')
    expect(Reflect.get(session, Symbol.for('coatcheck.session'))).toBeUndefined()
  })

  test("by a name somebody else chose gives data, or what every object has, and nobody's prototype [A12]", async () => {
    const session = await loaded()
    const get = (name: string): unknown => Reflect.apply(session.get, session, [name])
    expect(get('cart')).toEqual({ items: ['hat'] })
    expect(get('toString')).toBe(Object.prototype.toString)
    expect(get('__proto__')).toBeUndefined()
  })

  test('it is no promise, so it can be returned from an async function', async () => {
    const session = await loaded()
    expect(Reflect.get(session, 'then')).toBeUndefined()
    expect(await (async () => session)()).toBe(session)
  })
})

describe('writing to a session', () => {
  const ways: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
    ['an assignment', (session) => Reflect.set(session, 'a', 2)],
    ['set()', (session) => session.set('a', 2)],
    ['Object.assign', (session) => Object.assign(session, { a: 2 })],
    ['Object.defineProperty', (session) => Object.defineProperty(session, 'a', { value: 2 })],
    ['an increment', (session) => addOne(session)],
  ]
  test.each(ways)('by %s is seen at once and saved', async (_name, write) => {
    const { browser } = await visitor()
    await browser.request((session) => {
      write(session)
      expect(session.a).toBe(2)
      expect(session.get('a')).toBe(2)
    })
    expect(await browser.look()).toEqual({ ...DATA, a: 2 })
  })

  test('by delete removes the key, and by undefined too when saved', async () => {
    const { browser } = await visitor()
    await browser.request((session) => {
      delete session.a
      session.b = undefined
      expect('a' in session).toBe(false)
      expect(session.has('b')).toBe(false)
    })
    expect(await browser.look()).toEqual({ cart: DATA.cart })
  })

  test('into an object inside it is saved', async () => {
    const { browser } = await visitor()
    await browser.request((session) => session.cart?.items.push('coat'))
    await browser.request((session) => session.get('cart')?.items.push('scarf'))
    await browser.request((session) => Object.values(session).at(2)?.items.push('gloves'))
    await browser.request((session) => Object.entries(session)[2]?.[1].items.push('boots'))
    await browser.request((session) => ({ ...session }).cart?.items.push('bag'))
    expect((await browser.look()).cart?.items).toEqual(['hat', 'coat', 'scarf', 'gloves', 'boots', 'bag'])
  })

  test('into an object that was put in keeps counting until the response', async () => {
    const { browser } = await visitor()
    const cart = { items: ['new'] }
    await browser.request((session) => {
      session.cart = cart
      cart.items.push('later')
    })
    expect((await browser.look()).cart).toEqual({ items: ['new', 'later'] })
  })

  test('an equal value saves nothing', async () => {
    const { browser, memory } = await visitor()
    await browser.request((session) => {
      session.a = 1
      session.cart = { items: ['hat'] }
      delete session.userId
    })
    expect(memory.entries().records[0]?.revision).toBe(1)
  })

  test.each(RESERVED)(
    'under the reserved key %s is refused in every way, and changes nothing',
    async (key) => {
      const { browser } = await visitor()
      const { session } = await browser.arrive()
      const refused = expect.objectContaining({ name: 'DataError', code: 'ERR_DATA_KEY_RESERVED' })
      expect(() => Reflect.set(session, key, 'x')).toThrow(refused)
      expect(() => Reflect.apply(session.set, session, [key, 'x'])).toThrow(refused)
      expect(() => Object.defineProperty(session, key, { value: 'x' })).toThrow(refused)
      expect(() => Object.assign(session, Object.fromEntries([[key, 'x']]))).toThrow(refused)
      await expect(
        session.update((draft) => void Object.defineProperty(draft, key, { value: 'x', enumerable: true })),
      ).rejects.toEqual(refused)
      expect(await browser.look()).toEqual(DATA)
    },
  )

  test('under a symbol is refused', async () => {
    const session = await loaded()
    expect(() => Reflect.set(session, Symbol('x'), 1)).toThrow(/Symbol\(x\)/)
  })

  const unstorable: ReadonlyArray<[string, unknown]> = [
    ['function', () => 1],
    ['symbol', Symbol('x')],
    ['bigint', 1n],
    ['Map', new Map()],
    ['Set', new Set()],
    ['Promise', Promise.resolve()],
  ]
  test.each(unstorable)('a %s is refused where it is written, by name of the key', async (kind, value) => {
    const session = await loaded()
    const write = (): unknown => Reflect.apply(session.set, session, ['a', value])
    expect(write).toThrow(expect.objectContaining({ code: 'ERR_DATA_NOT_SERIALIZABLE' }))
    expect(write).toThrow(new RegExp(`'a' is a ${kind}`))
    expect(session.a).toBe(1)
  })

  test.each([
    ['getter', { get: () => 1 }],
    ['setter', { set: () => {} }],
  ])('a %s is refused as the function it is', async (_what, accessor) => {
    const session = await loaded()
    const define = (): unknown => Object.defineProperty(session, 'a', accessor)
    expect(define).toThrow(expect.objectContaining({ code: 'ERR_DATA_NOT_SERIALIZABLE' }))
  })

  test('a property defined without a value keeps the one it has, as on any object', async () => {
    const session = await loaded()
    Object.defineProperty(session, 'a', { enumerable: true })
    expect(session.toJSON()).toEqual(DATA)
  })

  test('a date or an object with toJSON comes back as its JSON', async () => {
    const { browser } = startLater<{ at: Date | string; by: { toJSON(): string } | string }>()
    await browser.request((session) => {
      session.at = new Date(0)
      session.by = { toJSON: () => 'ann' }
    })
    expect(await browser.look()).toEqual({ at: '1970-01-01T00:00:00.000Z', by: 'ann' })
  })
})

describe('the object itself', () => {
  test('has the verbs on its prototype, save() with a parameter as passport asks for', async () => {
    const prototype: unknown = Object.getPrototypeOf(await loaded())
    for (const verb of VERBS) expect(Object.hasOwn(Object(prototype), verb), verb).toBe(true)
    const save: unknown = Reflect.get(Object(prototype), 'save')
    expect(typeof save === 'function' && save.length >= 1).toBe(true)
  })

  test('cannot be frozen, sealed, or given another prototype', async () => {
    const session = await loaded()
    expect(() => Object.freeze(session)).toThrow(TypeError)
    expect(() => Object.preventExtensions(session)).toThrow(TypeError)
    expect(Reflect.setPrototypeOf(session, {})).toBe(false)
    expect(() => Object.setPrototypeOf(session, {})).toThrow(TypeError)
    expect(Reflect.set(Object.getPrototypeOf(session), 'save', 'broken')).toBe(false)
    expect(Reflect.set(Object.getPrototypeOf(session), 'isAdmin', true)).toBe(false)
  })

  test('is one and the same each time a request asks for it', async () => {
    const exchange = await (await visitor()).browser.arrive()
    expect(exchange.session).toBe(exchange.session)
  })

  test('tells the id, the times and whether it is new, before and after the first save', async () => {
    const { browser, clock } = startLater<Data>({ idleTimeout: '30m' })
    const exchange = await browser.arrive()
    const { session } = exchange
    const { id } = session
    expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect([session.isNew, session.createdAt, session.expiresAt]).toEqual([
      true,
      clock.now(),
      clock.now() + 1_800_000,
    ])
    session.a = 1
    await session.save()
    expect([session.id, session.isNew]).toEqual([id, false])
    browser.receive(await exchange.leave())
    clock.advance('10m')
    const next = (await browser.arrive()).session
    expect([next.id, next.isNew]).toEqual([id, false])
    expect(next.createdAt).toBe(clock.now() - 600_000)
  })
})

describe('a session for looking at only', () => {
  test('shows what the request’s session is, and refuses every change', async () => {
    const { browser, sessions, memory } = await visitor()
    const session = await sessions.read({ headers: { cookie: browser.cookie ?? '' } })
    expect({ ...session }).toEqual(DATA)
    expect([session.a, session.has('a'), session.isNew]).toEqual([1, true, false])
    const refused = expect.objectContaining({ name: 'UsageError', code: 'ERR_SESSION_READONLY' })
    const whole: Session<Data> = Object.create(session)
    const changes: ReadonlyArray<() => unknown> = [
      () => Reflect.set(session, 'a', 2),
      () => Reflect.deleteProperty(session, 'a'),
      () => Object.defineProperty(session, 'a', { value: 2 }),
      ...['set', 'clear', 'regenerate', 'destroy', 'save', 'update'].map(
        (verb) => (): unknown => Reflect.apply(Reflect.get(whole, verb), session, ['a', 2]),
      ),
    ]
    for (const change of changes) expect(change).toThrow(refused)
    expect(memory.entries().records[0]?.revision).toBe(1)
  })

  test('extends nothing: reading it long after the last touch writes nothing [P8]', async () => {
    const { browser, sessions, memory, clock } = await visitor()
    const before = memory.entries().records
    clock.advance('10h')
    const session = await sessions.read(browser.cookie ?? '')
    expect(session.a).toBe(1)
    expect(memory.entries().records).toEqual(before)
  })

  test('is found by a header, by Node headers and by web headers', async () => {
    const { browser, sessions } = await visitor()
    const cookie = browser.cookie ?? ''
    for (const request of [
      cookie,
      { headers: { cookie } },
      new Request('http://localhost', { headers: { cookie } }),
    ]) {
      expect((await sessions.read(request)).a).toBe(1)
    }
    for (const request of ['', { headers: {} }, new Request('http://localhost')]) {
      expect((await sessions.read(request)).toJSON()).toEqual({})
    }
  })
})

function addOne(session: Session<Data>): void {
  session.a = (session.a ?? 0) + 1
}
