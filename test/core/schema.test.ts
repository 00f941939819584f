import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { type as arktype } from 'arktype'
import * as valibot from 'valibot'
import { describe, expect, test } from 'vitest'
import * as zod from 'zod'
import type { DataSchema } from '../../src/core/schema.ts'
import type { Session } from '../../src/core/session.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { start, startBeside } from '../engine/start.ts'

const zodCart = zod.object({
  userId: zod.string().optional(),
  cart: zod.array(zod.string()).default([]),
  visits: zod.number().optional(),
})
const zodUser = zod.object({ userId: zod.string(), cart: zod.array(zod.string()) })
const arktypeUser = arktype({ userId: 'string', cart: 'string[]' })
const valibotUser = valibot.object({ userId: valibot.string(), cart: valibot.array(valibot.string()) })

describe.each([
  ['zod', zodUser],
  ['valibot', valibotUser],
  ['arktype', arktypeUser],
])('a schema of %s', (_library, schema) => {
  test('refuses an update() that does not fit, and saves nothing', async () => {
    const { browser } = start({ schema })
    await browser.request((session) => {
      session.userId = 'ann'
      session.cart = []
    })
    await browser.request(async (session) => {
      const failing = session.update((draft) => {
        Object.assign(draft, { cart: 'not a list' })
      })
      await expect(failing).rejects.toMatchObject({ code: 'ERR_DATA_INVALID' })
    })
    expect(await browser.look()).toEqual({ userId: 'ann', cart: [] })
  })

  test('refuses a regenerate() that keeps too little to fit, and the old session lives on', async () => {
    const { browser } = start({ schema })
    await browser.request((session) => {
      session.userId = 'ann'
      session.cart = ['hat']
    })
    const failing = browser.request((session) => session.regenerate({ keep: ['cart'] }))
    await expect(failing).rejects.toMatchObject({ code: 'ERR_DATA_INVALID' })
    expect(await browser.look()).toEqual({ userId: 'ann', cart: ['hat'] })
  })
})

const LISTS = zod.object({ recent: zod.array(zod.string()) })
const SHARED: ReadonlyArray<[string, DataSchema<{ prefs?: { recent: string[] } }>]> = [
  ['of zod', zod.object({ prefs: LISTS.default({ recent: [] }) })],
  ['for what is wrong, of zod', zod.object({ prefs: LISTS.catch({ recent: [] }) })],
  [
    'for what is wrong, of valibot',
    valibot.object({
      prefs: valibot.fallback(valibot.object({ recent: valibot.array(valibot.string()) }), { recent: [] }),
    }),
  ],
]

describe.each(SHARED)('a default that is an object, %s', (_which, schema) => {
  test("is each visitor's own, whatever another one's handler does to it", async () => {
    const { sessions, store, clock } = start({ schema })
    const before = startBeside<{ n: number }>({ store, clock })
    const [ann, bob] = [new Browser(before), new Browser(before)]
    for (const visitor of [ann, bob]) await visitor.request((session) => session.set('n', 1))
    const annNow = new Browser(sessions, ann.ticket)
    await annNow.request((session) => session.prefs?.recent.push('a secret of ann'))
    await annNow.request((session) => session.update((draft) => void draft.prefs?.recent.push('another')))
    expect(await annNow.look()).toEqual({ prefs: { recent: ['a secret of ann', 'another'] } })
    expect(await new Browser(sessions, bob.ticket).look()).toEqual({ prefs: { recent: [] } })
  })
})

test("a default that is a date is each visitor's own too", async () => {
  const schema = zod.object({ since: zod.date().default(new Date(0)) })
  const { sessions, store, clock } = start({ schema })
  const before = startBeside<{ n: number }>({ store, clock })
  const [ann, bob] = [new Browser(before), new Browser(before)]
  for (const visitor of [ann, bob]) await visitor.request((session) => session.set('n', 1))
  const { session } = await new Browser(sessions, ann.ticket).arrive()
  session.since?.setUTCFullYear(2026)
  expect((await new Browser(sessions, bob.ticket).arrive()).session.since).toEqual(new Date(0))
})

test('what a schema makes keeps its dates and its classes', async () => {
  class Money {
    readonly cents: number

    constructor(cents: number) {
      this.cents = cents
    }
  }
  const schema = zod.object({
    since: zod.coerce.date(),
    price: zod.any().transform((cents) => new Money(Number(cents))),
  })
  const { sessions, store, clock } = start({ schema })
  const before = startBeside<{ since: string; price: number }>({ store, clock })
  const visitor = new Browser(before)
  await visitor.request(
    (session) => void Object.assign(session, { since: '2026-01-02T00:00:00.000Z', price: 5 }),
  )
  const { session } = await new Browser(sessions, visitor.ticket).arrive()
  expect(session.since).toEqual(new Date('2026-01-02T00:00:00.000Z'))
  expect(session.price).toBeInstanceOf(Money)
})

describe('a schema with defaults', () => {
  test('they are still there after update()', async () => {
    const { browser } = start({ schema: zodCart })
    await browser.request((session) => {
      session.userId = 'ann'
    })
    await browser.request(async (session) => {
      expect(session.cart).toEqual([])
      await session.update((draft) => {
        draft.visits = 1
      })
      expect(session.cart).toEqual([])
    })
  })

  test('they are still there after a save that met a conflict', async () => {
    const { browser } = start({ schema: zodCart })
    await browser.request((session) => {
      session.userId = 'ann'
    })
    const slow = await browser.arrive()
    await browser.request((session) => {
      session.visits = 1
    })
    slow.session.set('cart', [])
    delete slow.session.cart
    slow.session.cart = ['hat']
    await slow.session.save()
    expect(slow.session.toJSON()).toEqual({ userId: 'ann', visits: 1, cart: ['hat'] })
    const third = await browser.arrive()
    await browser.request((session) => {
      session.cart = undefined
    })
    third.session.visits = 2
    await third.session.save()
    expect(third.session.cart).toEqual([])
  })
})

describe('a schema that takes its time', () => {
  const slow = zod
    .object({ userId: zod.string().optional(), a: zod.number().optional() })
    .refine(async () => {
      await setImmediate()
      return true
    })

  test('clear() while it is asked ends the session all the same [P5]', async () => {
    const { browser, memory } = start({ schema: slow })
    await browser.request((session) => {
      session.userId = 'ann'
    })
    const seen: string[] = []
    await browser.request(async (session) => {
      session.a = 1
      const saving = session.save()
      session.clear()
      await saving
      seen.push(...memory.entries().records.map((record) => record.data))
    })
    expect(memory.count()).toBe(0)
    expect(await browser.look()).toEqual({})
    // Under whatever id: data the handler had wiped is not written again.
    expect(seen.filter((data) => data.includes('"a"'))).toEqual([])
  })

  test('a user set while it is asked is saved together with its data [P5]', async () => {
    const { browser, memory } = start({ schema: slow })
    await browser.request((session) => {
      session.a = 1
    })
    const attacker = browser.copy()
    await browser.request(async (session) => {
      session.a = 2
      const saving = session.save()
      session.userId = 'ann'
      await saving
      for (const { data, user } of memory.entries().records) {
        expect(user).toBe(JSON.parse(data).userId)
      }
    })
    expect(await attacker.look()).toEqual({})
    expect(await browser.look()).toEqual({ a: 2, userId: 'ann' })
  })
})

describe('what a schema is asked and what comes of it', () => {
  const dated = zod.object({
    at: zod.coerce.date().optional(),
    count: zod.number().default(0),
    extra: zod.string().optional(),
  })

  test('a session shows what the schema makes of it: defaults and other types [P10]', async () => {
    const { browser } = start({ schema: dated })
    await browser.request((session) => {
      session.at = new Date(86_400_000)
    })
    const { session } = await browser.arrive()
    expect(session.at).toEqual(new Date(86_400_000))
    expect(session.count).toBe(0)
  })

  test('and is not written for that: reading it saves nothing', async () => {
    const { browser, memory } = start({ schema: dated })
    await browser.request((session) => session.set('at', new Date(0)))
    await browser.request((session) => [session.at, session.count, { ...session }])
    expect(memory.entries().records[0]).toMatchObject({
      revision: 1,
      data: '{"at":"1970-01-01T00:00:00.000Z"}',
    })
  })

  test('a record that does not fit is a miss, and stays where it is [P10]', async () => {
    const { browser, memory } = start<{ count?: number }>()
    await browser.request((session) => session.set('count', 1))
    const strict = start({ store: memory, schema: zod.object({ count: zod.number().min(5) }) })
    strict.browser.ticket = browser.ticket
    const log = new EventLog(strict.sessions)
    expect(await strict.browser.look()).toEqual({})
    expect(log.told).toEqual(['missed: invalid'])
    expect(memory.count()).toBe(1)
  })

  test('an error names the places and quotes no value [A28]', async () => {
    const { browser, memory } = start({
      schema: zod.object({ card: zod.object({ number: zod.string().max(4) }).optional(), b: zod.string() }),
    })
    const failing = browser.request((session) => session.set('card', { number: '4111 1111 1111 1111' }))
    const error: unknown = await failing.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'DataError', code: 'ERR_DATA_INVALID', status: 500 })
    expect(String(error)).toMatch(/'card\.number'/)
    expect(String(error)).toMatch(/'b'/)
    expect(inspect(error, { depth: 9 })).not.toContain('4111')
    expect(memory.count()).toBe(0)
  })

  const leaving: ReadonlyArray<[string, DataSchema<{ lang?: string | undefined }>]> = [
    ['zod', zod.object({ lang: zod.string().optional() })],
    ['valibot', valibot.object({ lang: valibot.optional(valibot.string()) })],
  ]
  test.each(leaving)(
    'a key that %s leaves out cannot be written: nobody would see it again [P2]',
    async (_library, schema) => {
      const { browser, memory } = start({ schema })
      await browser.request((session) => session.set('lang', 'de'))
      const writes: ((session: Session<object>) => unknown)[] = [
        (session) => Reflect.set(session, 'passport', { user: 'ann' }),
        (session) => session.update((draft) => void Reflect.set(draft, 'passport', { user: 'ann' })),
      ]
      for (const write of writes) {
        const error: unknown = await browser.request(write).catch((reason: unknown) => reason)
        expect(error).toMatchObject({ name: 'DataError', code: 'ERR_DATA_INVALID', status: 500 })
        expect(String(error)).toMatch(/leaves out 'passport'.*looseObject/)
      }
      expect(memory.entries().records.map(({ data }) => data)).toEqual(['{"lang":"de"}'])
    },
  )

  test('an empty value that the schema takes for none can be written', async () => {
    const validate = (value: unknown): { value: { name?: string } } => {
      const { name = '' }: { name?: string } = Object(value)
      return { value: name === '' ? {} : { name } }
    }
    const schema: DataSchema<{ name?: string }> = { '~standard': { version: 1, vendor: 'tests', validate } }
    const { browser } = start({ schema })
    await browser.request((session) => session.set('name', ''))
    await browser.request((session) => session.set('name', 'ann'))
    expect(await browser.look()).toEqual({ name: 'ann' })
  })

  test('a key that the schema does not name but keeps can be written', async () => {
    const { browser } = start({ schema: zod.looseObject({ lang: zod.string().optional() }) })
    await browser.request((session) => session.set('passport', { user: 'ann' }))
    expect(await browser.look()).toEqual({ passport: { user: 'ann' } })
  })

  test('it is not asked about a session that is not saved, nor about one that ends', async () => {
    const seen: unknown[] = []
    const watching: DataSchema<{ a: number }> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => {
          seen.push(value)
          return { value: { a: 1 } }
        },
      },
    }
    const { browser } = start<{ a: number }>({ schema: watching })
    await browser.request()
    await browser.request((session) => session.a)
    expect(seen).toEqual([])
    await browser.request((session) => session.set('a', 1))
    expect(seen).toEqual([{ a: 1 }])
    await browser.request((session) => session.destroy())
    expect(seen).toHaveLength(2)
  })

  test.each([
    ['rejects', () => Promise.reject(new Error('from the schema'))],
    ['throws', () => throwLoudly()],
  ])('one that %s fails the request and saves nothing', async (_name, validate) => {
    const { browser, memory } = start<{ a: number }>({
      schema: { '~standard': { version: 1, vendor: 'test', validate } },
    })
    await expect(browser.request((session) => session.set('a', 1))).rejects.toThrow('from the schema')
    expect(memory.count()).toBe(0)
  })
})

function throwLoudly(): never {
  throw new Error('from the schema')
}

describe('a schema that makes other types', () => {
  const dated = zod.object({
    at: zod.coerce.date().optional(),
    count: zod.number().default(0),
    extra: zod.string().optional(),
    userId: zod.string().optional(),
  })

  test('values keep their type after update(), and nothing more is to be saved', async () => {
    const { browser, memory } = start({ schema: dated })
    await browser.request((session) => session.set('at', new Date(1)))
    await browser.request(async (session) => {
      await session.update((draft) => {
        draft.at = new Date(5)
      })
      expect(session.at).toEqual(new Date(5))
    })
    expect(memory.entries().records[0]?.revision).toBe(2)
  })

  test('values keep their type after a save that met a conflict', async () => {
    const { browser } = start({ schema: dated })
    await browser.request((session) => session.set('count', 1))
    const slow = await browser.arrive()
    slow.session.extra = 'mine'
    await browser.request((session) => session.set('at', new Date(5)))
    await slow.session.save()
    expect(slow.session.extra).toBe('mine')
    expect(slow.session.at).toEqual(new Date(5))
  })

  test('values keep their type when update() makes another user', async () => {
    const { browser } = start({ schema: dated })
    await browser.request((session) => session.set('at', new Date(1)))
    await browser.request(async (session) => {
      await session.update((draft) => {
        draft.userId = 'ann'
      })
      expect(session.at).toEqual(new Date(1))
    })
    expect((await browser.look()).userId).toBe('ann')
  })
})

test('the list of a user’s sessions has the data as the schema makes it, and none that it refuses', async () => {
  const { sessions: before, memory, clock } = start<{ userId: string; at: string }>()
  for (const at of ['2026-01-02T00:00:00.000Z', 'never']) {
    await new Browser(before).request((session) => void Object.assign(session, { userId: 'ann', at }))
    clock.advance('1m')
  }
  const schema = zod.object({
    userId: zod.string(),
    at: zod.coerce.date(),
    cart: zod.array(zod.string()).default([]),
  })
  const sessions = startBeside({ store: memory, clock }, { schema })
  expect((await sessions.user('ann').list()).map(({ data }) => data)).toEqual([
    { userId: 'ann', at: new Date('2026-01-02'), cart: [] },
  ])
  expect(await sessions.user('ann').revoke()).toBe(2)
})

test('a default that makes the data longer than maxBytes takes no part in what a request has changed [P3]', async () => {
  interface Notes {
    big?: string
    name: string
    count: number
  }
  const maxBytes = 4_000
  const { browser, memory, clock } = start<Notes>({ maxBytes })
  const begin = { big: 'x'.repeat(3_900), name: 'old', count: 0 }
  await browser.request((session) => void Object.assign(session, begin))
  const note = 'n'.repeat(80)
  const schema = zod.object({
    big: zod.string().optional(),
    name: zod.string(),
    count: zod.number(),
    note: zod.string().default(note),
  })
  const sessions = startBeside({ store: memory, clock }, { schema, maxBytes })
  const [mine, other] = await Promise.all([sessions.open(browser.cookie), sessions.open(browser.cookie)])
  delete mine.session.big
  delete other.session.big
  other.session.name = 'written by another'
  await other.commit()
  await mine.session.update((draft) => {
    draft.count = (draft.count ?? 0) + 1
  })
  expect(mine.session).toMatchObject({ name: 'written by another', count: 1 })
  await mine.commit()
  expect((await sessions.open(browser.cookie)).session).toMatchObject({
    name: 'written by another',
    count: 1,
  })
})
