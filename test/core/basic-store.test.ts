import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { conditionalStore } from '../../src/core/basic-store.ts'
import type { SessionRecord } from '../../src/core/record.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { MOST_WAITING } from '../../src/core/turns.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { type BarrierStore, barrierStore } from '../../src/testing/barrier-store.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { laterStore, settle } from '../engine/later-store.ts'
import { MapStore } from '../engine/map-store.ts'
import { startOn } from '../engine/start.ts'
import { UserMapStore } from '../engine/user-map-store.ts'

interface Data {
  userId: string
  a: number
  b: number
}

/** A store with the conditional writes of a full one and no touch. */
class MapStoreWithoutTouch extends MapStore {
  create(id: string, record: SessionRecord): boolean {
    if (this.records.has(id)) return false
    this.set(id, record)
    return true
  }
  replace(id: string, record: SessionRecord, options: { ttl: number; revision: number }) {
    const stored = this.get(id)
    if (stored === null) return 'missing' as const
    if (stored.revision !== options.revision) return 'conflict' as const
    if (options.ttl <= 0) this.destroy(id)
    else this.set(id, record)
    return 'written' as const
  }
}

function held<Store extends SessionStore>(store: Store): Store & BarrierStore {
  return barrierStore(laterStore(store))
}

describe('within one process, a store with get, set and destroy', () => {
  test('revoke() during a save leaves nothing behind [P4] [A22]', async () => {
    const { browser, sessions, store } = startOn<Data, MapStore & BarrierStore>(() => held(new MapStore()))
    await browser.request((session) => {
      session.a = 1
    })
    const slow = await browser.arrive()
    slow.session.a = 2
    const { id } = slow.session
    const gate = store.hold('set')
    const leaving = slow.leave()
    await gate.reached
    const revoking = sessions.revoke(id)
    gate.release()
    await Promise.all([leaving, revoking])
    expect(store.records.size).toBe(0)
    expect(await browser.look()).toEqual({})
  })

  async function signedIn() {
    const started = startOn<Data, UserMapStore & BarrierStore>(() => held(new UserMapStore()), {
      storeTimeout: 100,
    })
    await started.browser.request((session) => session.set('userId', 'ann'))
    const write = (): Promise<unknown> => started.browser.request((session) => session.set('a', 2))
    return { ...started, write, revoke: () => started.sessions.user('ann').revoke() }
  }

  test('revoking a user ends a session that is just being written [P4] [A22]', async () => {
    const { store, write, revoke } = await signedIn()
    const gate = store.hold('set')
    const writing = write()
    await gate.reached
    const revoked = revoke()
    await settle()
    gate.release()
    await writing
    expect(await revoked).toBe(1)
    expect(store.records.size).toBe(0)
  })

  test('a session is not written while its user is being revoked [P4] [A22]', async () => {
    const { store, write, revoke } = await signedIn()
    const [revoking, writing] = [store.hold('destroyByUser'), store.hold('set')]
    const revoked = revoke()
    await revoking.reached
    const written = write()
    await settle()
    revoking.release()
    await revoked
    writing.release()
    await written
    expect(store.records.size).toBe(0)
  })

  test('a session is written again after its user was revoked elsewhere and signed in anew', async () => {
    const { browser, sessions } = startOn<Data, UserMapStore & BarrierStore>(() => held(new UserMapStore()))
    await browser.request((session) => session.set('userId', 'ann'))
    const revoked = Promise.all([sessions.user('ann').revoke(), sessions.user('ann').revoke()])
    await browser.request((session) => session.set('userId', 'bob'))
    expect(await revoked).toEqual([1, 0])
    await browser.request((session) => session.set('userId', 'bob'))
    expect(await browser.look()).toEqual({ userId: 'bob' })
  })

  test('a call that never answers does not keep the session from being written later [P11]', async () => {
    const { browser, store } = startOn<Data, ReturnType<typeof faulty>>(faulty, { storeTimeout: 30 })
    await browser.request((session) => {
      session.a = 1
    })
    store.stall('set', { nth: 1 })
    const stalled = browser.request((session) => {
      session.a = 2
    })
    await expect(stalled).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
    await browser.request((session) => {
      session.b = 3
    })
    expect(await browser.look()).toMatchObject({ b: 3 })
  })
})

describe('a store with get, set and destroy that answers too late', () => {
  test('writes nothing any more once the request has been told so [P11]', async () => {
    const { browser, store } = startOn<Data, ReturnType<typeof faulty>>(faulty, { storeTimeout: 30 })
    await browser.request((session) => {
      session.a = 1
    })
    const slow = await browser.arrive()
    slow.session.a = 2
    store.stall('get', { nth: 1 })
    await expect(slow.leave()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
    store.heal()
    await settle()
    expect(await browser.look()).toEqual({ a: 1 })
  })
})

describe('within one process, a store that can replace and not touch', () => {
  test('a touch beside a save does not undo it [P3]', async () => {
    const { browser, clock, store } = startOn<Data, MapStoreWithoutTouch & BarrierStore>(() =>
      held(new MapStoreWithoutTouch()),
    )
    await browser.request((session) => {
      session.a = 1
    })
    clock.advance('10m')
    const reading = await browser.arrive()
    expect(reading.session.a).toBe(1)
    const gate = store.hold('replace')
    const leaving = reading.leave()
    await gate.reached
    const writing = browser.request((session) => {
      session.a = 2
    })
    await settle()
    gate.release()
    await Promise.all([leaving, writing])
    expect(await browser.look()).toEqual({ a: 2 })
  })
})

describe('a store that lacks abilities', () => {
  afterEach(() => void vi.restoreAllMocks())

  test.each([
    [new MapStore(), /^MapStore has no create, replace, touch: /],
    [new MapStoreWithoutTouch(), /^MapStoreWithoutTouch has no touch: /],
    [{ get: () => null, set() {}, destroy() {} }, /^The session store has no create, replace, touch: /],
  ] as const)('is told of once, with what it lacks, case %#', async (store, message) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { browser } = startOn<Data, SessionStore>(() => store)
    await browser.request((session) => session.set('a', 1))
    await browser.request((session) => session.set('a', 2))
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]?.[0]).toMatch(message)
  })

  test('is not told of when it lacks none, and is spoken to as it is', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const store = new MemorySessionStore()
    expect(conditionalStore(store, 1_000)).toBe(store)
    expect(warn).not.toHaveBeenCalled()
  })
})

describe('what a store with get, set and destroy is made to do', () => {
  const record: SessionRecord = { id: 'x', data: '{}', revision: 1, createdAt: 1, touchedAt: 1, expiresAt: 9 }
  const next: SessionRecord = { ...record, data: '{"a":1}', revision: 2 }

  function begin() {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const inner = new MapStore()
    return { inner, store: conditionalStore(laterStore(inner), 1_000) }
  }

  test('create, which takes a free id and leaves another alone', async () => {
    const { inner, store } = begin()
    expect(await store.create('x', record, { ttl: 9 })).toBe(true)
    expect(await store.create('x', next, { ttl: 9 })).toBe(false)
    expect(inner.get('x')).toEqual(record)
    const two = await Promise.all([
      store.create('y', record, { ttl: 9 }),
      store.create('y', next, { ttl: 9 }),
    ])
    expect(two).toEqual([true, false])
  })

  test('destroy, also where as many wait for the record as may, and once for all who ask meanwhile [P4]', async () => {
    const held = barrierStore(laterStore(new MapStore()))
    const store = conditionalStore(held, 10_000)
    await store.set('x', record, { ttl: 9 })
    const touch = async (): Promise<boolean> => store.touch('x', { touchedAt: 2, expiresAt: 9, ttl: 9 })
    const gate = held.hold('get')
    const crowd = Array.from({ length: MOST_WAITING + 1 }, touch)
    await gate.reached
    await expect(touch()).rejects.toThrow('wait already')
    const ends = [store.destroy('x'), store.destroy('x'), store.replace('x', record, { ttl: 0, revision: 1 })]
    gate.release()
    expect(await Promise.all(ends)).toEqual([undefined, undefined, 'missing'])
    expect(new Set(await Promise.all(crowd))).toEqual(new Set([true]))
    expect(held.calls.destroy).toBe(1)
  })

  test.each(['replace', 'destroy'] as const)(
    '%s, which is not told as done once its turn is over, however soon it is [P3] [P4]',
    async (verb) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
      onTestFinished(() => void vi.useRealTimers())
      const held = barrierStore(laterStore(new MapStore()))
      const store = conditionalStore(held, 150)
      await store.set('x', record, { ttl: 9 })
      const gate = held.hold(verb === 'replace' ? 'set' : 'destroy')
      const begun =
        verb === 'replace' ? store.replace('x', next, { ttl: 9, revision: 1 }) : store.destroy('x')
      const told = expect(begun).rejects.toThrow('time')
      await gate.reached
      await vi.advanceTimersByTimeAsync(149)
      gate.release()
      await vi.advanceTimersByTimeAsync(10)
      await told
    },
  )

  test('destroy, which has all its time also where it has joined another whose time was over sooner [P4]', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const held = barrierStore(laterStore(new MapStore()))
    const store = conditionalStore(held, 150)
    await store.set('x', record, { ttl: 9 })
    const [write, end] = [held.hold('set'), held.hold('destroy')]
    const writing = expect(store.replace('x', next, { ttl: 9, revision: 1 })).rejects.toThrow('time')
    await write.reached
    const first = expect(store.destroy('x')).rejects.toThrow('time')
    await vi.advanceTimersByTimeAsync(100)
    const second = store.destroy('x')
    await vi.advanceTimersByTimeAsync(60)
    await end.reached
    end.release()
    write.release()
    await settle()
    await vi.advanceTimersByTimeAsync(80)
    await Promise.all([writing, first, second])
    await settle()
    expect(await store.get('x')).toBeNull()
  })

  test('destroy, which ends for all who have joined it when their time is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const held = barrierStore(laterStore(new MapStore()))
    const store = conditionalStore(held, 150)
    await store.set('x', record, { ttl: 9 })
    const gates = [held.hold('set'), held.hold('destroy')]
    let told = 0
    const calls = [store.replace('x', next, { ttl: 9, revision: 1 }), store.destroy('x'), store.destroy('x')]
    for (const call of calls) Promise.resolve(call).catch(() => told++)
    await vi.advanceTimersByTimeAsync(160)
    for (const gate of gates) gate.release()
    await settle()
    await vi.advanceTimersByTimeAsync(20)
    expect(told).toBe(3)
    expect(held.calls.destroy).toBe(1)
  })

  test('a turn that comes after its time, which sets no timer into the past', async () => {
    const held = barrierStore(laterStore(new MapStore()))
    const store = conditionalStore(held, 1_000)
    await store.set('x', record, { ttl: 9 })
    const gate = held.hold('get')
    const touch = async (): Promise<boolean> => store.touch('x', { touchedAt: 2, expiresAt: 9, ttl: 9 })
    const touches = Promise.allSettled([touch(), touch()])
    await gate.reached
    const now = performance.now() + 2_000
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    const timers = vi.spyOn(globalThis, 'setTimeout')
    gate.release()
    await touches
    clock.mockRestore()
    const delays = timers.mock.calls.map(([, delay]) => delay ?? 0)
    timers.mockRestore()
    expect(delays.length).toBeGreaterThan(0)
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0)
  })

  test('replace, which goes over that revision alone', async () => {
    const { inner, store } = begin()
    expect(await store.replace('x', next, { ttl: 9, revision: 1 })).toBe('missing')
    expect(inner.records.size).toBe(0)
    await store.set('x', record, { ttl: 9 })
    expect(await store.replace('x', next, { ttl: 9, revision: 7 })).toBe('conflict')
    expect(inner.get('x')).toEqual(record)
    expect(await store.replace('x', next, { ttl: 9, revision: 1 })).toBe('written')
    expect(inner.get('x')).toEqual(next)
    const both = [1, 2].map(() => store.replace('x', { ...next, revision: 3 }, { ttl: 9, revision: 2 }))
    expect(await Promise.all(both)).toEqual(['written', 'conflict'])
  })

  test('replace, which with no life left ends the record', async () => {
    const { inner, store } = begin()
    await store.set('x', record, { ttl: 9 })
    expect(await store.replace('x', next, { ttl: 0, revision: 2 })).toBe('conflict')
    expect(await store.replace('x', next, { ttl: 0, revision: 1 })).toBe('written')
    expect(inner.records.size).toBe(0)
  })

  test('touch, which moves the times and nothing else', async () => {
    const { inner, store } = begin()
    const times = { touchedAt: 5, expiresAt: 50 }
    expect(await store.touch('x', { ...times, ttl: 9 })).toBe(false)
    expect(inner.records.size).toBe(0)
    await store.set('x', record, { ttl: 9 })
    expect(await store.touch('x', { ...times, ttl: 9 })).toBe(true)
    expect(inner.get('x')).toEqual({ ...record, ...times })
  })
})

function faulty() {
  return faultyStore(laterStore(new MapStore()))
}
