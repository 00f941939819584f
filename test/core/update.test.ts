import { setImmediate } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import * as zod from 'zod'
import { createSessions } from '../../src/core/sessions.ts'
import { Browser } from '../engine/browser.ts'
import { settle } from '../engine/later-store.ts'
import { SECRET, start, startFaulty, startHeld } from '../engine/start.ts'

interface Data {
  userId: string
  n: number
  a: number
}

describe('update() of a session that has no record yet', () => {
  test('parallel calls in one request count each other [P3]', async () => {
    const { browser } = start<Data>()
    await browser.request(async (session) => {
      const count = (): Promise<boolean> =>
        session.update(async (draft) => {
          const before = draft.n ?? 0
          await setImmediate()
          draft.n = before + 1
        })
      await Promise.all([count(), count(), count()])
    })
    expect(await browser.look()).toEqual({ n: 3 })
  })

  test('a change that throws leaves nothing behind', async () => {
    const { browser } = start<Data>()
    await browser.request(async (session) => {
      const failing = session.update((draft) => {
        draft.n = 1
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      await expect(session.update(() => Promise.reject(new Error('not yet')))).rejects.toThrow('not yet')
      expect(session.toJSON()).toEqual({})
      session.a = 1
    })
    expect(await browser.look()).toEqual({ a: 1 })
  })

  test('a reserved key is refused and nothing is left behind', async () => {
    const { browser, memory } = start<Data>()
    await browser.request(async (session) => {
      const failing = session.update((draft) => {
        Object.assign(draft, { save: 'x' })
      })
      await expect(failing).rejects.toMatchObject({ code: 'ERR_DATA_KEY_RESERVED' })
      session.a = 1
    })
    expect(memory.entries().records.map((record) => record.data)).toEqual(['{"a":1}'])
  })

  test('an object put in by the change and changed afterwards is saved [P3]', async () => {
    const { browser } = start<{ cart: string[] }>()
    await browser.request(async (session) => {
      const cart = ['hat']
      await session.update((draft) => {
        draft.cart = cart
      })
      expect(session.cart).toEqual(['hat'])
      cart.push('coat')
      expect(session.cart).toEqual(['hat', 'coat'])
    })
    expect(await browser.look()).toEqual({ cart: ['hat', 'coat'] })
  })
})

describe('update() whose save fails leaves nothing behind, and is not tried again', () => {
  const increment = (draft: Partial<Data>): void => {
    draft.n = (draft.n ?? 0) + 1
  }

  test('in a new session', async () => {
    const { browser, store } = startFaulty<Data>()
    await browser.request(async (session) => {
      session.a = 1
      store.fail('create', { nth: 1 })
      await expect(session.update(increment)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
      expect(session.toJSON()).toEqual({ a: 1 })
    })
    expect(await browser.look()).toEqual({ a: 1 })
  })

  test('so that the app can try again itself', async () => {
    const { browser, store } = startFaulty<Data>()
    await browser.request(async (session) => {
      store.fail('create', { nth: 1 })
      await expect(session.update(increment)).rejects.toThrow()
      expect(await session.update(increment)).toBe(true)
    })
    expect(await browser.look()).toEqual({ n: 1 })
  })

  test('as nobody in a session that is renewed in the same request [P5]', async () => {
    const { browser, memory, store } = startFaulty<Data>()
    await browser.request((session) => session.set('a', 1))
    await browser.request(async (session) => {
      await session.regenerate()
      store.fail('create', { nth: 1 })
      const signIn = session.update((draft) => void Object.assign(draft, { userId: 'ann' }))
      await expect(signIn).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    })
    expect(memory.listByUser('ann')).toEqual([])
    expect(await browser.look()).toEqual({})
  })

  test('when a schema refuses it', async () => {
    const schema = zod.object({ n: zod.number().min(0).optional(), a: zod.number().optional() })
    const { browser } = start<{ n?: number | undefined; a?: number | undefined }>({ schema })
    await browser.request(async (session) => {
      session.a = 1
      const refused = session.update((draft) => void Object.assign(draft, { n: -1 }))
      await expect(refused).rejects.toMatchObject({ code: 'ERR_DATA_INVALID' })
    })
    expect(await browser.look()).toEqual({ a: 1 })
  })
})

describe('update() in which the user changes', () => {
  test('counts what another request counted meanwhile [P3] [P5]', async () => {
    const { browser, store, memory, clock } = startHeld<Data>()
    await browser.request((session) => {
      session.n = 0
    })
    // In another process: within one, updates of a session take turns.
    const elsewhere = createSessions<Data>({ secret: SECRET, store: memory, now: clock.now })
    const other = new Browser<Data>(elsewhere, browser.ticket)

    const gate = store.hold('replace')
    const signingIn = browser.request((session) =>
      session.update((draft) => {
        draft.n = (draft.n ?? 0) + 1
        draft.userId = 'ann'
      }),
    )
    await gate.reached
    await other.request((session) =>
      session.update((draft) => {
        draft.n = (draft.n ?? 0) + 1
      }),
    )
    gate.release()
    await signingIn

    expect(await browser.look()).toEqual({ n: 2, userId: 'ann' })
    expect(await other.look()).toEqual({})
  })
})

describe('update() of a session that is renewed in the same request', () => {
  test('counts what others counted under the old id [P3]', async () => {
    const { browser } = startHeld<Data>()
    await browser.request((session) => session.set('n', 0))
    const [slow, other] = [await browser.arrive(), await browser.arrive()]
    expect(slow.session.n).toBe(0)
    const count = (draft: Partial<Data>): void => {
      draft.n = (draft.n ?? 0) + 1
    }
    await other.session.update(count)
    await slow.session.regenerate({ keep: true })
    await slow.session.update(count)
    browser.receive(await slow.leave())
    expect(await browser.look()).toEqual({ n: 2 })
  })

  test('begins with nothing when nothing goes over', async () => {
    const { browser } = startHeld<Data>()
    await browser.request((session) => session.set('n', 5))
    await browser.request(async (session) => {
      await session.regenerate()
      await session.update((draft) => {
        draft.a = draft.n ?? 1
      })
    })
    expect(await browser.look()).toEqual({ a: 1 })
  })
})

describe('update() with data that JSON cannot hold', () => {
  const loop: Record<string, unknown> = {}
  loop.loop = loop
  const VALUES: ReadonlyArray<[string, unknown]> = [
    ['a circle', loop],
    ['a BigInt inside an object', { a: 1n }],
  ]

  test.each(VALUES)('is a DataError on a new session and on an old one: %s', async (_name, value) => {
    const { browser } = start<{ bad: unknown }>()
    const put = async (session: { update(change: (draft: { bad?: unknown }) => void): Promise<boolean> }) => {
      const updating = session.update((draft) => {
        draft.bad = value
      })
      await expect(updating).rejects.toMatchObject({ code: 'ERR_DATA_NOT_SERIALIZABLE' })
    }
    await browser.request(put)
    await browser.request((session) => session.set('bad', 1))
    await browser.request(put)
    expect(await browser.look()).toEqual({ bad: 1 })
  })

  test.each(VALUES)('written before it, changes nothing in the store: %s', async (_name, value) => {
    const { browser } = start<{ n: number; bad: unknown }>()
    await browser.request((session) => session.set('n', 1))
    const { session } = await browser.arrive()
    session.bad = value
    const updating = session.update((draft) => {
      draft.n = 2
    })
    await expect(updating).rejects.toMatchObject({ code: 'ERR_DATA_NOT_SERIALIZABLE' })
    expect(await browser.look()).toEqual({ n: 1 })
  })
})

describe('a change that does not come to an end', () => {
  test('fails, and lets others write the session [P11]', async () => {
    const { browser } = startHeld<Data>()
    await browser.request((session) => session.set('n', 1))
    const [stuck, next] = [await browser.arrive(), await browser.arrive()]
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const stuckUpdate = stuck.session.update((draft) => {
      draft.n = 7
      return new Promise(() => {})
    })
    const nextUpdate = next.session.update((draft) => {
      draft.a = 1
    })
    const outcome = expect(stuckUpdate).rejects.toMatchObject({
      name: 'UsageError',
      code: 'ERR_UPDATE_STUCK',
      message: expect.stringContaining('save()'),
    })
    await settle()
    await vi.advanceTimersByTimeAsync(10_000)
    await outcome
    await nextUpdate
    expect(await browser.look()).toEqual({ n: 1, a: 1 })
  })

  test('such as one that waits for a verb of its own session, is told so [P11]', async () => {
    const { browser } = startHeld<Data>()
    await browser.request((session) => session.set('n', 1))
    const { session } = await browser.arrive()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const outcome = expect(session.update(() => session.save())).rejects.toMatchObject({
      code: 'ERR_UPDATE_STUCK',
    })
    await settle()
    await vi.advanceTimersByTimeAsync(10_000)
    await outcome
  })
})

describe('update() that changes the user', () => {
  test('leaves no record behind when the old one cannot be ended [P5] [P11]', async () => {
    const { browser, memory, sessions, store } = startFaulty<Data>()
    await browser.request((session) => session.set('n', 1))
    const { session } = await browser.arrive()
    store.fail('replace', { nth: 1 })
    const updating = session.update((draft) => {
      draft.userId = 'victim'
    })
    await expect(updating).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    await settle()
    expect(await sessions.user('victim').list()).toEqual([])
    expect(memory.count()).toBe(1)
    expect(await browser.look()).toEqual({ n: 1 })
  })
})

describe('update() and the absolute timeout', () => {
  test('signing in by it begins a life anew, signing out by it does not [P5] [P8]', async () => {
    const { browser, clock } = start<Data>({ idleTimeout: '1h', absoluteTimeout: '1h' })
    await browser.request((session) => session.set('a', 1))
    clock.advance('40m')
    await browser.request((session) =>
      session.update((draft) => void Object.assign(draft, { userId: 'ann' })),
    )
    clock.advance('40m')
    expect(await browser.look()).toEqual({ a: 1, userId: 'ann' })
    await browser.request((session) => session.update((draft) => void delete draft.userId))
    expect(await browser.look()).toEqual({ a: 1 })
    clock.advance('21m')
    expect(await browser.look()).toEqual({})
  })
})

describe('update() that nobody waits for', () => {
  test('fails the response when it fails while the response waits, and what else there is is saved [P2]', async () => {
    const { browser, memory, store } = startFaulty<Data>()
    await browser.request((session) => session.set('n', 1))
    const exchange = await browser.arrive()
    store.fail('replace', { nth: 1, how: 'reject' })
    void exchange.session.update((draft) => {
      draft.n = 2
    })
    exchange.session.a = 3
    await expect(exchange.leave()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    expect(memory.entries().records.map(({ data }) => data)).toEqual(['{"n":1,"a":3}'])
  })

  test('is in the store when the response leaves [P2]', async () => {
    const { browser, memory } = startHeld<Data>()
    await browser.request((session) => session.set('n', 1))
    const exchange = await browser.arrive()
    void exchange.session.update((draft) => {
      draft.n = 2
    })
    await exchange.leave()
    expect(memory.entries().records.map(({ data }) => data)).toEqual(['{"n":2}'])
  })
})

test('a change that takes 8 seconds is made once, however many others wait to write [P3]', async () => {
  const { sessions, browser } = start<{ begun: number; slow: number; quick: number }>()
  await browser.request((session) => void session.set('begun', 1))
  const [slow, quick] = await Promise.all([sessions.open(browser.cookie), sessions.open(browser.cookie)])
  vi.useFakeTimers()
  let made = 0
  const changing = slow.session.update(async (draft) => {
    made++
    await new Promise((resolve) => setTimeout(resolve, 8_000))
    draft.slow = 1
  })
  const waiting = quick.session.update((draft) => {
    draft.quick = 1
  })
  await vi.advanceTimersByTimeAsync(8_100)
  vi.useRealTimers()
  await Promise.all([changing, waiting])
  expect(made).toBe(1)
  expect(await browser.look()).toEqual({ begun: 1, slow: 1, quick: 1 })
})
