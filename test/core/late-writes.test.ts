import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type BarrierStore, barrierStore, type Gate } from '../../src/testing/barrier-store.ts'
import type { Browser } from '../engine/browser.ts'
import { laterStore, settle } from '../engine/later-store.ts'
import { type Started, startOn } from '../engine/start.ts'
import { UserMapStore } from '../engine/user-map-store.ts'

interface Data {
  userId: string
  a: number
  b: number
  c: number
}

type Held = UserMapStore & BarrierStore

function begin(): Started<Data, Held> {
  return startOn<Data, Held>(() => barrierStore(laterStore(new UserMapStore())), { storeTimeout: 150 })
}

/** Lets a write of this visitor's session be under way when its time is over. */
async function lateWrite(browser: Browser<Data>, store: BarrierStore, key: 'a' | 'b' = 'a'): Promise<Gate> {
  const gate = store.hold('set')
  const writing = browser.request((session) => session.set(key, 2))
  await expect(writing).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
  return gate
}

describe('within one process, on a store with get, set and destroy, a write that is late', () => {
  test('does not bring a session back that is destroyed meanwhile [P4] [A22]', async () => {
    const { browser, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const thief = browser.copy()
    const gate = await lateWrite(browser, store)
    const { session } = await browser.arrive()
    const destroyed = session.destroy()
    // Not answered while the session may still come back.
    await expect(destroyed).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT', operation: 'destroy' })
    gate.release()
    await settle()
    expect(store.records.size).toBe(0)
    expect(await thief.look()).toEqual({})
  })

  test('does not undo one that was answered since [P3]', async () => {
    const { browser, store } = begin()
    await browser.request((session) => session.set('a', 1))
    const gate = await lateWrite(browser, store)
    await browser.request((session) => session.set('a', 3))
    gate.release()
    await settle()
    expect(await browser.look()).toEqual({ a: 3 })
  })

  test('does not keep a session alive whose user is revoked, nor does one that was written since [P4]', async () => {
    const { browser, sessions, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const gate = await lateWrite(browser, store)
    await browser.request((session) => session.set('a', 2))
    const revoked = sessions.user('ann').revoke()
    await settle()
    gate.release()
    expect(await revoked).toBe(2)
    await settle()
    expect(store.records.size).toBe(0)
  })
})

describe('two writes that are late', () => {
  async function twoLate(): Promise<Started<Data, Held> & { release(): void }> {
    const started = begin()
    const { browser, store } = started
    await browser.request((session) => session.set('userId', 'ann'))
    const gates = [await lateWrite(browser.copy(), store, 'a'), await lateWrite(browser.copy(), store, 'b')]
    return { ...started, release: () => gates.forEach((gate) => void gate.release()) }
  }

  test('do not bring a session back that is destroyed meanwhile [P4] [A22]', async () => {
    const { browser, store, release } = await twoLate()
    const thief = browser.copy()
    const destroyed = browser.request((session) => session.destroy())
    await settle()
    release()
    await destroyed
    await settle()
    expect(store.records.size).toBe(0)
    expect(await thief.look()).toEqual({})
  })

  test('do not undo what was answered since [P3]', async () => {
    const { browser, release } = await twoLate()
    await browser.request((session) => session.set('c', 3))
    release()
    await settle()
    expect(await browser.look()).toEqual({ userId: 'ann', c: 3 })
  })

  test('do not bring a session back whose user is revoked meanwhile [P4] [A22]', async () => {
    const { browser, sessions, store, release } = await twoLate()
    const revoked = sessions.user('ann').revoke()
    await settle()
    release()
    await revoked
    await settle()
    expect(store.records.size).toBe(0)
    expect(await browser.look()).toEqual({})
  })
})

test('who has read a late write does not undo what is done again [P3]', async () => {
  const { browser, store } = begin()
  await browser.request((session) => session.set('userId', 'ann'))
  const gate = await lateWrite(browser.copy(), store)
  await browser.copy().request((session) => session.set('c', 3))
  const again = store.hold('set')
  gate.release()
  await again.reached
  const { session, leave } = await readLate(browser)
  again.release()
  await settle()
  session.b = 4
  await leave()
  expect(await browser.look()).toEqual({ userId: 'ann', b: 4, c: 3 })
})

async function readLate(browser: Browser<Data>) {
  const exchange = await browser.copy().arrive()
  expect(exchange.session.toJSON()).toEqual({ userId: 'ann', a: 2 })
  return { session: exchange.session, leave: () => exchange.leave() }
}

describe('a late write that has come, but is not answered yet,', () => {
  /** Starts with a store whose answers can be held below the gates that calls stand at. */
  function beginAbove(): Started<Data, Held> & { below: BarrierStore } {
    const below = barrierStore(laterStore(new UserMapStore()))
    return { ...startOn<Data, Held>(() => barrierStore(below), { storeTimeout: 150 }), below }
  }

  /** Lets a write that is held reach the store, and keeps back its answer. */
  async function come(below: BarrierStore, before: Gate): Promise<() => Promise<void>> {
    const after = below.hold('set', { when: 'after' })
    before.release()
    await after.reached
    return async () => {
      after.release()
      await settle()
    }
  }

  test('takes nothing from those who write over it [P3]', async () => {
    const { browser, store, below } = beginAbove()
    await browser.request((session) => session.set('userId', 'ann'))
    const before = await lateWrite(browser.copy(), store)
    await browser.copy().request((session) => session.set('c', 3))
    const answer = await come(below, before)
    expect(await browser.copy().look()).toEqual({ userId: 'ann', a: 2 })
    await browser.copy().request((session) => session.set('b', 4))
    expect(await browser.look()).toEqual({ userId: 'ann', b: 4, c: 3 })
    await answer()
    expect(await browser.look()).toEqual({ userId: 'ann', b: 4, c: 3 })
  })

  test('takes nothing from those who have read it before, either [P3]', async () => {
    const { browser, store, below } = beginAbove()
    await browser.request((session) => session.set('userId', 'ann'))
    const before = await lateWrite(browser.copy(), store)
    const meanwhile = store.hold('set')
    const written = browser.copy().request((session) => session.set('c', 3))
    await meanwhile.reached
    const answer = await come(below, before)
    const reader = await browser.copy().arrive()
    expect(reader.session.toJSON()).toEqual({ userId: 'ann', a: 2 })
    meanwhile.release()
    await written
    reader.session.b = 4
    await reader.leave()
    await answer()
    expect(await browser.look()).toEqual({ userId: 'ann', b: 4, c: 3 })
  })

  test('is no session to who holds an id that was ended by regenerate() [P4] [A22]', async () => {
    const { browser, store, below } = beginAbove()
    await browser.request((session) => session.set('userId', 'ann'))
    const thief = browser.copy()
    const before = await lateWrite(browser.copy(), store)
    const renewed = browser.request((session) => session.regenerate({ keep: true }))
    await settle()
    const answer = await come(below, before)
    expect(await thief.copy().look()).toEqual({})
    await thief.copy().request((session) => session.set('b', 4))
    await answer()
    await renewed
    expect(await thief.look()).toEqual({})
    expect(await browser.look()).toEqual({ userId: 'ann' })
  })
})

test('who reads a late write of its own writes it again all the same [P3]', async () => {
  const { browser, store } = begin()
  await browser.request((session) => session.set('userId', 'ann'))
  const { session } = await browser.copy().arrive()
  session.a = 1
  const late = store.hold('set')
  await expect(session.save()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
  await browser.copy().request((other) => other.set('c', 3))
  const reading = store.hold('get', { nth: 2 })
  const saved = session.save()
  await reading.reached
  const again = store.hold('set')
  late.release()
  await again.reached
  reading.release()
  await settle()
  again.release()
  await saved
  await settle()
  expect(await browser.look()).toEqual({ userId: 'ann', a: 1, c: 3 })
})

test('destroy() that is done when its turn is over is not told as done, and counts in the end [P4] [A22]', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { browser, store } = begin()
  await browser.request((session) => session.set('userId', 'ann'))
  const late = store.hold('set')
  const failed = expect(browser.copy().request((session) => session.set('a', 2))).rejects.toThrow()
  await late.reached
  await vi.advanceTimersByTimeAsync(150)
  await failed
  await browser.copy().request((session) => session.set('c', 3))
  const destroying = store.hold('destroy')
  const { session } = await browser.arrive()
  const told = expect(session.destroy()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
  await destroying.reached
  // The turn is over, the request's time is not.
  await vi.advanceTimersByTimeAsync(148)
  const again = store.hold('set')
  late.release()
  await again.reached
  destroying.release()
  await settle()
  again.release()
  await settle()
  await vi.advanceTimersByTimeAsync(10)
  await told
  await settle()
  expect(store.records.size).toBe(0)
})

test('a write whose turn was over by the timer before it was by the clock does not begin [P4] [A22]', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  // Timers count whole milliseconds, and go off before the fraction that is left.
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
  onTestFinished(() => {
    vi.useRealTimers()
    clock.mockRestore()
  })
  const { browser, store } = begin()
  await browser.request((session) => session.set('userId', 'ann'))
  const reading = store.hold('get', { nth: 2 })
  const failed = expect(browser.copy().request((session) => session.set('a', 2))).rejects.toThrow()
  await reading.reached
  await vi.advanceTimersByTimeAsync(148)
  store.resetCalls()
  reading.release()
  await settle()
  expect(store.calls.set).toBe(0)
  await vi.advanceTimersByTimeAsync(10)
  await failed
})
