import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { laterStore } from '../engine/later-store.ts'
import { MapStore } from '../engine/map-store.ts'
import { start, startBeside, startHeld, startLater, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  b: number
  n: number
  cart: { items: string[]; coupon?: string }
  seen: string[]
  [key: `key${number}`]: number
}

function increment(draft: Partial<Data>): void {
  draft.n = (draft.n ?? 0) + 1
}

const STORES: ReadonlyArray<[string, () => Pick<ReturnType<typeof start<Data>>, 'browser' | 'sessions'>]> = [
  ['a store that answers at once', () => start<Data>()],
  ['a store that answers later', () => startLater<Data>()],
  [
    'a store with get, set and destroy alone',
    () => startOn<Data, MapStore>(() => laterStore(new MapStore())),
  ],
]

describe.each(STORES)('on %s, of two overlapping requests', (_name, begin) => {
  async function twoRequests() {
    const { browser } = begin()
    await browser.request((session) => {
      session.a = 1
      session.cart = { items: ['hat'] }
      session.seen = ['home']
    })
    return { browser, first: await browser.arrive(), second: await browser.arrive() }
  }

  test('different keys survive both, whoever commits first [P3] [A24] [M1]', async () => {
    for (const secondFirst of [false, true]) {
      const { browser, first, second } = await twoRequests()
      first.session.a = 10
      second.session.b = 20
      if (secondFirst) await second.leave()
      await first.leave()
      if (!secondFirst) await second.leave()
      expect(await browser.look()).toMatchObject({ a: 10, b: 20, seen: ['home'] })
    }
  })

  test('neither sees what the other does to an object before it is saved, however often it was looked at [P3]', async () => {
    const { browser, first, second } = await twoRequests()
    for (let time = 0; time < 3; time++) await browser.request((session) => void session.a)
    const third = await browser.arrive()
    first.session.a = 10
    for (const exchange of [second, third]) {
      expect(exchange.session.a).toBe(1)
      exchange.session.cart?.items.push('unsaved')
    }
    expect((await browser.arrive()).session.cart?.items).toEqual(['hat'])
    await first.leave()
    expect(await browser.look()).toMatchObject({ a: 10, cart: { items: ['hat'] } })
  })

  test('both commits at the same moment survive [P3] [A24]', async () => {
    const { browser, first, second } = await twoRequests()
    first.session.a = 10
    second.session.b = 20
    await Promise.all([first.leave(), second.leave()])
    expect(await browser.look()).toMatchObject({ a: 10, b: 20 })
  })

  test('changes inside objects of different keys survive both [P3]', async () => {
    const { browser, first, second } = await twoRequests()
    first.session.cart?.items.push('coat')
    second.session.seen?.push('shop')
    await Promise.all([first.leave(), second.leave()])
    expect(await browser.look()).toMatchObject({ cart: { items: ['hat', 'coat'] }, seen: ['home', 'shop'] })
  })

  test('the later commit wins one key, also when it arrived first [P3]', async () => {
    const { browser, first, second } = await twoRequests()
    first.session.a = 10
    second.session.a = 20
    await second.leave()
    await first.leave()
    expect(await browser.look()).toMatchObject({ a: 10 })
  })

  test('a removed key stays removed beside the write of another [P3]', async () => {
    const { browser, first, second } = await twoRequests()
    delete first.session.a
    second.session.b = 20
    await first.leave()
    await second.leave()
    expect(await browser.look()).toEqual({ b: 20, cart: { items: ['hat'] }, seen: ['home'] })
  })

  test('the one that writes what is there already takes nothing back of what the other wrote [P3]', async () => {
    const { browser, first, second } = await twoRequests()
    first.session.a = 1
    first.session.cart = { items: ['hat'] }
    first.session.b = 20
    second.session.a = 10
    second.session.cart?.items.push('coat')
    await second.leave()
    await first.leave()
    expect(await browser.look()).toEqual({ a: 10, b: 20, cart: { items: ['hat', 'coat'] }, seen: ['home'] })
  })

  test('the one that signs in takes along what the other wrote before [P3] [P5]', async () => {
    const { browser, first, second } = await twoRequests()
    first.session.userId = 'ann'
    second.session.b = 20
    await second.leave()
    browser.receive(await first.leave())
    expect(await browser.look()).toMatchObject({ userId: 'ann', a: 1, b: 20 })
  })

  test('the one that only reads takes nothing back [P3] [M3]', async () => {
    const { browser, first, second } = await twoRequests()
    expect(first.session.toJSON()).toMatchObject({ a: 1 })
    second.session.a = 10
    await second.leave()
    await first.leave()
    expect(await browser.look()).toMatchObject({ a: 10 })
  })
})

describe.each(STORES)('on %s, among many overlapping requests', (_name, begin) => {
  test('20 that each write a key of their own all survive [P3]', async () => {
    const { browser } = begin()
    await browser.request((session) => session.set('a', 1))
    const exchanges = await Promise.all(Array.from({ length: 20 }, () => browser.arrive()))
    for (const [index, { session }] of exchanges.entries()) session[`key${index}`] = index
    await Promise.all(exchanges.map((exchange) => exchange.leave()))
    expect(Object.keys(await browser.look())).toHaveLength(21)
  })

  test('1,000 parallel update() calls count to 1,000, and each says so [P3] [A24]', async () => {
    const { browser } = begin()
    await browser.request((session) => session.set('n', 0))
    const { session } = await browser.arrive()
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => session.update(increment)))
    expect(outcomes.every((saved) => saved === true)).toBe(true)
    expect(await browser.look()).toEqual({ n: 1_000 })
    expect(session.n).toBe(1_000)
  })
})

describe('a write that is overtaken while it stands before the store', () => {
  test('goes again on top of what the other wrote, and tells of the conflict [P3] [A24]', async () => {
    const { browser, sessions, store } = startHeld<Data>()
    await browser.request((session) => session.set('a', 1))
    const log = new EventLog(sessions)
    const gate = store.hold('replace')
    const slow = browser.request((session) => session.set('a', 2))
    await gate.reached
    await browser.request((session) => session.set('b', 2))
    gate.release()
    await slow
    expect(await browser.look()).toEqual({ a: 2, b: 2 })
    expect(log.told.filter((name) => name === 'conflict')).toHaveLength(1)
  })

  test('goes again as often as it is overtaken [P3]', async () => {
    const { browser, store } = startHeld<Data>()
    await browser.request((session) => session.set('a', 1))
    let gate = store.hold('replace')
    const slow = browser.request((session) => session.set('a', 2))
    for (let times = 1; times <= 5; times++) {
      await gate.reached
      await overtake(times)
      const passed = gate
      gate = store.hold('replace')
      passed.release()
    }
    await gate.reached
    gate.release()
    await slow
    expect(await browser.look()).toEqual({ a: 2, key1: 1, key2: 1, key3: 1, key4: 1, key5: 1 })

    /** Writes as another process would: on the store itself, which this process's turns do not bind. */
    async function overtake(times: number): Promise<void> {
      const id = (await browser.arrive()).session.id
      const record = await store.get(id)
      if (record === null) throw new Error('The record has gone.')
      const data = JSON.stringify({ ...JSON.parse(record.data), [`key${times}`]: 1 })
      await store.set(id, { ...record, data, revision: record.revision + 1 }, { ttl: 60_000 })
    }
  })

  test('keeps the objects the handler holds alive: what is written into them later is saved [P3]', async () => {
    const { browser } = startLater<Data>()
    await browser.request((session) => session.set('cart', { items: [] }))
    const exchange = await browser.arrive()
    const { cart } = exchange.session
    exchange.session.a = 1
    await browser.request((session) => session.set('b', 2))
    await exchange.session.save()
    cart?.items.push('late')
    await exchange.leave()
    expect(await browser.look()).toEqual({ a: 1, b: 2, cart: { items: ['late'] } })
  })
})

describe('update()', () => {
  test('counts to 1,000 over two managers on one store [P3]', async () => {
    const started = startLater<Data>()
    const { browser } = started
    await browser.request((session) => session.set('n', 0))
    const other = new Browser(startBeside(started), browser.ticket)
    const handles = [(await browser.arrive()).session, (await other.arrive()).session]
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => handles[index % 2]?.update(increment)))
    expect(await browser.look()).toEqual({ n: 1_000 })
  })

  test('sees the newest state, not the one the request was loaded with [P3]', async () => {
    const { browser } = startLater<Data>()
    await browser.request((session) => session.set('n', 1))
    const stale = await browser.arrive()
    expect(stale.session.n).toBe(1)
    await browser.request((session) => session.set('n', 5))
    await stale.session.update(increment)
    expect(stale.session.n).toBe(6)
    await stale.leave()
    expect(await browser.look()).toEqual({ n: 6 })
  })

  test('whose change takes its time is still one atomic step [P3]', async () => {
    const { browser } = startLater<Data>()
    await browser.request((session) => session.set('n', 0))
    const handles = await Promise.all(Array.from({ length: 10 }, () => browser.arrive()))
    const slowly = async (draft: Partial<Data>): Promise<void> => {
      const before = draft.n ?? 0
      await setImmediate()
      draft.n = before + 1
    }
    await Promise.all(handles.map(({ session }) => session.update(slowly)))
    expect(await browser.look()).toEqual({ n: 10 })
  })

  test('is saved when it answers, and leaves unsaved changes unsaved [P3]', async () => {
    const { browser } = startLater<Data>()
    await browser.request((session) => session.set('n', 0))
    const exchange = await browser.arrive()
    exchange.session.a = 1
    await exchange.session.update(increment)
    expect(await browser.look()).toEqual({ n: 1 })
    await exchange.leave()
    expect(await browser.look()).toEqual({ n: 1, a: 1 })
  })

  test('that changes nothing writes nothing [P3]', async () => {
    const { browser, memory } = startLater<Data>()
    await browser.request((session) => session.set('n', 1))
    const { session } = await browser.arrive()
    expect(await session.update((draft) => void Object.assign(draft, { n: 1 }))).toBe(true)
    expect(memory.get(session.id)?.revision).toBe(1)
  })
})
