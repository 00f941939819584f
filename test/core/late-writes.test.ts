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
