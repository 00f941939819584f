import { describe, expect, test } from 'vitest'
import type { StoreOperation } from '../../src/core/errors.ts'
import type { Session } from '../../src/core/session.ts'
import type { MemorySessionStore } from '../../src/stores/memory.ts'
import { type BarrierStore, barrierStore } from '../../src/testing/barrier-store.ts'
import { Browser } from '../engine/browser.ts'
import { laterStore } from '../engine/later-store.ts'
import { isPending } from '../engine/pending.ts'
import { startBeside, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  b: number
  cart: { items: string[]; address: { city: string } }
}

type Held = MemorySessionStore & BarrierStore

const STORES: ReadonlyArray<[string, (memory: MemorySessionStore) => Held]> = [
  ['the memory store', (memory) => barrierStore(memory)],
  ['a store that answers later', (memory) => barrierStore(laterStore(memory))],
]

describe.each(STORES)('on %s', (_name, wrap) => {
  async function visitor() {
    const started = startOn<Data, Held>(wrap)
    await started.browser.request((session) => {
      session.userId = 'ann'
      session.cart = { items: ['hat'], address: { city: 'Rome' } }
    })
    started.clock.advance('1h')
    const { id } = (await started.browser.arrive()).session
    started.store.resetCalls()
    return { ...started, id }
  }

  describe('two overlapping requests [M1]', () => {
    test.each([1, 2])(
      'that write a and b both survive when number %i is overtaken [M1] [P3] [A24]',
      async (slowOne) => {
        const { browser, store } = await visitor()
        const gate = store.hold('replace')
        const slow = browser.request((session) => session.set(slowOne === 1 ? 'a' : 'b', 1))
        await gate.reached
        const quick = await browser.request((session) => session.set(slowOne === 1 ? 'b' : 'a', 1))
        gate.release()
        expect([(await slow).setCookie, quick.setCookie]).toEqual([null, null])
        expect(await browser.look()).toMatchObject({ a: 1, b: 1 })
      },
    )

    test('that change one nested object: the later commit has it whole, and other keys keep both [M1] [P3]', async () => {
      const { browser, store } = await visitor()
      const gate = store.hold('replace')
      const slow = browser.request((session) => {
        session.cart?.items.push('slow')
        session.a = 1
      })
      await gate.reached
      await browser.request((session) => {
        if (session.cart) session.cart.address.city = 'Oslo'
        session.b = 1
      })
      gate.release()
      await slow
      expect(await browser.look()).toEqual({
        userId: 'ann',
        a: 1,
        b: 1,
        cart: { items: ['hat', 'slow'], address: { city: 'Rome' } },
      })
    })

    test('that change one nested object by update() both survive inside it [M1] [P3]', async () => {
      const { browser, clock, store } = await visitor()
      const gate = store.hold('replace')
      const slow = browser.request((session) =>
        session.update((draft) => void draft.cart?.items.push('slow')),
      )
      await gate.reached
      const other = new Browser(startBeside<Data>({ store, clock }), browser.ticket)
      await other.request((session) =>
        session.update((draft) => {
          if (draft.cart) draft.cart.address.city = 'Oslo'
        }),
      )
      gate.release()
      await slow
      expect(await browser.look()).toMatchObject({
        cart: { items: ['hat', 'slow'], address: { city: 'Oslo' } },
      })
    })
  })

  const IN_FLIGHT: ReadonlyArray<[string, StoreOperation, (session: Session<Data>) => unknown]> = [
    ['writes [M2]', 'replace', (session) => session.set('a', 1)],
    ['only reads [M3]', 'touch', (session) => session.cart],
    ['updates [M2]', 'replace', (session) => session.update((draft) => void Object.assign(draft, { a: 1 }))],
    ['changes its id [M2]', 'create', (session) => session.regenerate({ keep: true })],
  ]
  const LOGOUTS: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
    ['destroy()', (session) => session.destroy()],
    ['clear()', (session) => session.clear()],
  ]
  describe.each(LOGOUTS)('a logout by %s', (_logout, logOut) => {
    test.each(IN_FLIGHT)(
      'stays one beside a request that %s: the old cookie opens nothing [P4] [A22]',
      async (_kind, verb, act) => {
        for (const when of ['before', 'after'] as const) {
          const { browser, store, memory } = await visitor()
          const thief = browser.copy()
          const gate = store.hold(verb, { when })
          const slow = browser.request(act)
          await gate.reached
          await browser.copy().request(logOut)
          gate.release()
          const response = await slow
          expect(response.ticket).toBeNull()
          expect(memory.count()).toBe(0)
          expect(await thief.look()).toEqual({})
        }
      },
    )

    test('ends nothing it should not: a request of somebody else in flight saves [P4]', async () => {
      const { browser, store, sessions } = await visitor()
      const other = new Browser<Data>(sessions)
      await other.request((session) => session.set('userId', 'bob'))
      const gate = store.hold('replace')
      const slow = other.request((session) => session.set('a', 1))
      await gate.reached
      await browser.request(logOut)
      gate.release()
      await slow
      expect(await other.look()).toEqual({ userId: 'bob', a: 1 })
    })
  })

  test('a request that never touches its session costs one get [M4] [P1]', async () => {
    const { browser, store } = await visitor()
    await browser.request()
    const { get, ...others } = store.calls
    expect(get).toBe(1)
    expect(Object.values(others).every((calls) => calls === 0)).toBe(true)
  })

  test('five requests without a cookie leave no row [M5] [P1]', async () => {
    const { sessions, memory, store } = startOn<Data, Held>(wrap)
    for (let visit = 0; visit < 5; visit++) await new Browser(sessions).request((session) => session.a)
    expect(memory.count()).toBe(0)
    expect(Object.values(store.calls).every((calls) => calls === 0)).toBe(true)
  })

  test('no response is ready while the save is under way [M6] [P2]', async () => {
    const { browser, store } = await visitor()
    const gate = store.hold('replace', { when: 'after' })
    const leaving = browser.request((session) => session.set('a', 1))
    await gate.reached
    expect(await isPending(leaving)).toBe(true)
    gate.release()
    await leaving
  })

  describe('20 parallel changes of one id [A23]', () => {
    const CHANGES: ReadonlyArray<[string, (session: Session<Data>, index: number) => unknown]> = [
      ['regenerate({ keep: true })', (session) => session.regenerate({ keep: true })],
      ['signing in as one user', (session) => session.set('userId', 'eve')],
      ['signing in as 20 users', (session, index) => session.set('userId', `user${index}`)],
    ]
    test.each(CHANGES)(
      'by %s end in exactly one new id, and nobody is logged out [A23] [P4] [P5]',
      async (_kind, change) => {
        const { browser, store, memory, id } = await visitor()
        const late = await browser.arrive()
        const exchanges = await Promise.all(Array.from({ length: 20 }, () => browser.arrive()))
        const gate = store.hold('create', { calls: 20 })
        const leaving = exchanges.map(async (exchange, index) => {
          await change(exchange.session, index)
          return exchange.leave()
        })
        await gate.reached
        gate.release()
        const responses = await Promise.all(leaving)

        const tickets = new Set(responses.map(({ ticket }) => ticket).filter((ticket) => ticket !== null))
        expect(tickets.size).toBe(1)
        expect(responses.filter(({ clearsCookie }) => clearsCookie)).toEqual([])
        expect(memory.get(id)).toBeNull()
        expect(memory.count()).toBe(1)
        // One jar takes all the answers, in the order they come.
        for (const response of responses) browser.receive(response)
        expect(await browser.look()).toMatchObject({ cart: { items: ['hat'] }, userId: expect.any(String) })

        late.session.a = 666
        expect((await late.leave()).setCookie).toBeNull()
        expect(memory.get(id)).toBeNull()
        expect(await browser.look()).not.toHaveProperty('a')
      },
    )
  })

  describe('at one moment', () => {
    test('a touch and a destroy end in a dead session, in either order [P4] [A22]', async () => {
      for (const first of ['touch', 'destroy'] as const) {
        const { browser, store, memory } = await visitor()
        const reading = await browser.arrive()
        const ending = await browser.arrive()
        expect(reading.session.userId).toBe('ann')
        const gate = store.hold(first)
        const held = first === 'touch' ? reading.leave() : ending.session.destroy()
        await gate.reached
        const other = first === 'touch' ? ending.session.destroy() : reading.leave()
        await other
        gate.release()
        await held
        expect(memory.count()).toBe(0)
        expect(await browser.look()).toEqual({})
      }
    })

    test('an update and a destroy end in a dead session, in either order [P4] [A22]', async () => {
      for (const first of ['replace', 'destroy'] as const) {
        const { browser, store, memory } = await visitor()
        const updating = await browser.arrive()
        const ending = await browser.arrive()
        const update = () => updating.session.update((draft) => void Object.assign(draft, { a: 1 }))
        const gate = store.hold(first)
        const held = first === 'replace' ? update() : ending.session.destroy()
        await gate.reached
        const other = await (first === 'replace' ? ending.session.destroy() : update())
        gate.release()
        // What came first in the store is what the update says.
        expect([await held, other]).toContain(first !== 'replace')
        expect(memory.count()).toBe(0)
        expect(await browser.look()).toEqual({})
      }
    })

    test('20 first requests of one visitor make 20 sessions, of which the jar keeps the last [P10]', async () => {
      const { sessions, memory } = startOn<Data, Held>(wrap)
      const browser = new Browser<Data>(sessions)
      const responses = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          browser.copy().request((session) => session.set('a', index)),
        ),
      )
      for (const response of responses) browser.receive(response)
      expect(memory.count()).toBe(20)
      expect(await browser.look()).toEqual({ a: 19 })
    })
  })
})
