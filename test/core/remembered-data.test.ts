import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { RememberedData } from '../../src/core/remembered-data.ts'
import { createSessions, type Sessions } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { createClock, type TestClock } from '../../src/testing/clock.ts'

const SECRET = 'remembered-data-0123456789-abcdefghij'

/** Writes data of so many characters. */
function textOf(length: number): string {
  return JSON.stringify({ text: 'x'.repeat(length - '{"text":""}'.length) })
}

interface Basket {
  name: string
  cart: { sku: string; count: number }[]
  note?: { text: string }
  [other: string]: unknown
}

interface Known {
  sessions: Sessions<Basket>
  cookie: string
  store: MemorySessionStore
  clock: TestClock
}

describe('what a session remembers of its text', () => {
  test('is nothing the first time, and one object from the second on', () => {
    const remembered = new RememberedData()
    expect(remembered.of('{"a":1}')).toBeNull()
    const data = remembered.of('{"a":1}')
    expect(data).toEqual({ a: 1 })
    expect(remembered.of('{"a":1}')).toBe(data)
    expect(remembered.of('{"a":2}')).toBeNull()
    expect(remembered.of('{"a":1}')).toBeNull()
  })

  test('is nothing of a text that is no data, or longer than 65,536 characters', () => {
    for (const text of ['{"a":1', '[1]', textOf(65_537)]) {
      const remembered = new RememberedData()
      for (let time = 0; time < 3; time++) expect(remembered.of(text)).toBeNull()
    }
    const longest = new RememberedData()
    longest.of(textOf(65_536))
    expect(longest.of(textOf(65_536))).not.toBeNull()
  })
})

describe('texts of more than 1,024 characters', () => {
  const LONG = textOf(65_536)
  const ROOM = 64

  /** Has a session of this text, and its data kept. */
  function remembering(text: string): RememberedData {
    const remembered = new RememberedData()
    remembered.keep(text, { kept: true })
    return remembered
  }

  test('are remembered up to 4,194,304 characters in all: those that came first give way', () => {
    const early = Array.from({ length: ROOM }, () => remembering(LONG))
    for (const one of early) expect(one.of(LONG)).toEqual({ kept: true })
    const late = Array.from({ length: 10 }, () => remembering(LONG))
    // Those that are gone at last: to be asked for makes them remember it again.
    for (const one of [...late, ...early.slice(10)]) expect(one.of(LONG)).toEqual({ kept: true })
    for (const one of early.slice(0, 10).reverse()) expect(one.of(LONG)).toBeNull()
  })

  test('of one session take up the room of one, however often it is written', () => {
    const others = Array.from({ length: ROOM - 1 }, () => remembering(LONG))
    const writer = new RememberedData()
    for (let write = 0; write <= 200; write++) {
      writer.keep(textOf(60_000 + write), { write })
      if (write % 2 === 0) writer.keep('{"short":true}', { short: true })
    }
    remembering(LONG)
    for (const one of others) expect(one.of(LONG)).toEqual({ kept: true })
  })

  test('push no shorter one out', () => {
    const short = remembering(textOf(1_024))
    for (let one = 0; one < 2 * ROOM; one++) remembering(LONG)
    expect(short.of(textOf(1_024))).toEqual({ kept: true })
  })
})

describe('requests that look at the same unchanged data', () => {
  /** A visitor whose data has been looked at often enough to be remembered. */
  async function known(): Promise<Known> {
    const clock = createClock()
    const store = new MemorySessionStore({ now: clock.now })
    const sessions = createSessions<Basket>({ secret: SECRET, store, now: clock.now })
    const passage = await sessions.open(null)
    Object.assign(passage.session, { name: 'ann', cart: [{ sku: 'a', count: 1 }] })
    const cookie = (await passage.commit())?.setCookie?.split(';')[0] ?? ''
    for (let time = 0; time < 3; time++) expect((await sessions.open(cookie)).session.name).toBe('ann')
    return { sessions, cookie, store, clock }
  }

  test('see it whichever way they look', async () => {
    const { sessions, cookie } = await known()
    const open = async () => (await sessions.open(cookie)).session
    expect(Object.keys(await open())).toEqual(['name', 'cart'])
    expect({ ...(await open()) }).toEqual({ name: 'ann', cart: [{ sku: 'a', count: 1 }] })
    expect((await open()).has('name')).toBe(true)
    expect('note' in (await open())).toBe(false)
    expect((await open()).get('name')).toBe('ann')
    expect(JSON.stringify(await open())).toBe('{"name":"ann","cart":[{"sku":"a","count":1}]}')
  })

  test('do not see what another changes in an object it was given, until it is saved [P3]', async () => {
    const { sessions, cookie } = await known()
    const [one, other] = [await sessions.open(cookie), await sessions.open(cookie)]
    expect(other.session.name).toBe('ann')
    const item = one.session.cart?.[0]
    if (item !== undefined) item.count = 2
    expect(one.session.cart?.[0]?.count).toBe(2)
    expect(other.session.cart?.[0]?.count).toBe(1)
    expect((await sessions.open(cookie)).session.cart?.[0]?.count).toBe(1)
    await one.commit()
    expect((await sessions.open(cookie)).session.cart?.[0]?.count).toBe(2)
  })

  test('do not see what another writes, removes or clears, until it is saved [P3]', async () => {
    const { sessions, cookie } = await known()
    const [writes, removes, clears] = [
      await sessions.open(cookie),
      await sessions.open(cookie),
      await sessions.open(cookie),
    ]
    writes.session.name = 'eve'
    writes.session.note = { text: 'hello' }
    Reflect.deleteProperty(removes.session, 'name')
    clears.session.clear()
    expect((await sessions.open(cookie)).session).toEqual({ name: 'ann', cart: [{ sku: 'a', count: 1 }] })
    await writes.commit()
    const { session } = await sessions.open(cookie)
    expect(session.name).toBe('eve')
    expect(session.note).toEqual({ text: 'hello' })
  })

  test('see what was written as JSON keeps it, whatever was put there [P3]', async () => {
    const { sessions, cookie } = await known()
    const values = { nan: Number.NaN, minus: -0, nothing: undefined, date: new Date(0), list: [{ a: 1 }] }
    for (const [key, value] of Object.entries(values)) {
      const passage = await sessions.open(cookie)
      passage.session.set(key, value)
      await passage.commit()
      for (let time = 0; time < 3; time++) {
        const { session } = await sessions.open(cookie)
        expect(session.has(key)).toBe(value !== undefined)
        expect(session.get(key)).toEqual(JSON.parse(JSON.stringify({ value })).value)
      }
    }
    const { session } = await sessions.open(cookie)
    expect(Object.is(session.get('minus'), 0)).toBe(true)
  })

  test('do not see what is done to a draft after its update [P3]', async () => {
    const { sessions, cookie } = await known()
    let kept: Basket['cart'] = []
    const passage = await sessions.open(cookie)
    await passage.session.update((draft) => {
      draft.cart = kept = [{ sku: 'b', count: 5 }]
    })
    await passage.commit()
    const [item] = kept
    if (item !== undefined) item.count = 6
    for (let time = 0; time < 3; time++) {
      expect((await sessions.open(cookie)).session.cart?.[0]?.count).toBe(5)
    }
  })

  test('begin with what was written last, and go on from it [P3]', async () => {
    const { sessions, cookie } = await known()
    for (const name of ['bob', 'cyd', 'dee']) {
      const passage = await sessions.open(cookie)
      passage.session.name = name
      await passage.commit()
      expect(passage.session.name).toBe(name)
      const other = await sessions.open(cookie)
      passage.session.name = 'not saved yet'
      expect(other.session.name).toBe(name)
      other.session.cart?.push({ sku: name, count: 1 })
      expect(passage.session.cart).toHaveLength(1)
    }
  })

  test('can still read what they saw when the session has ended meanwhile', async () => {
    const { sessions, cookie, store, clock } = await known()
    const passage = await sessions.open(cookie)
    expect(passage.session.name).toBe('ann')
    store.destroy(passage.session.id)
    clock.advance('1h')
    await passage.commit()
    expect(passage.session.name).toBe('ann')
    expect({ ...passage.session }).toEqual({ name: 'ann', cart: [{ sku: 'a', count: 1 }] })
  })
})

test('what a schema made of the data stays what it is after a save [P12]', async () => {
  const schema = z.object({ since: z.coerce.date(), visits: z.number().optional() })
  const sessions = createSessions({ secret: SECRET, store: new MemorySessionStore(), schema })
  const first = await sessions.open(null)
  first.session.since = new Date(0)
  const cookie = (await first.commit())?.setCookie?.split(';')[0] ?? ''
  const { session } = await sessions.open(cookie)
  session.visits = 1
  await session.save()
  expect(session.since).toEqual(new Date(0))
})

test('who begins a session pushes nobody out of what is remembered [A26]', async () => {
  const sessions = createSessions<{ text: string }>({ secret: SECRET, store: new MemorySessionStore() })
  const begin = async (text: string): Promise<string> => {
    const passage = await sessions.open(null)
    passage.session.text = text
    return (await passage.commit())?.setCookie?.split(';')[0] ?? ''
  }
  const text = 'x'.repeat(2_000)
  const cookie = await begin(text)
  const look = async () => expect((await sessions.open(cookie)).session.text).toBe(text)
  for (let time = 0; time < 2; time++) await look()
  for (let visitor = 0; visitor < 100; visitor++) await begin('y'.repeat(60_000))
  const parse = vi.spyOn(JSON, 'parse')
  await look()
  expect(parse).not.toHaveBeenCalled()
  parse.mockRestore()
})
