import { setImmediate as nextTurn } from 'node:timers/promises'
import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { PAGE_ROWS, RecordPage } from '../../../src/stores/memory/record-page.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { DAY, newRecord } from '../../../src/testing/sample-records.ts'

const MILLION = 1_000_000

// Another process on the same core may spoil one run in many.
test('a sweep over 1,000,000 records never blocks for more than 10 ms', {
  timeout: 120_000,
  retry: 2,
}, async () => {
  const clock = createClock()
  const store = new MemorySessionStore({ now: clock.now, cleanupInterval: 1 })
  const record = newRecord({ user: 'one of many' })
  for (let index = 0; index < MILLION; index++) {
    store.set(`id ${index}`, { ...record, user: `user ${index}` }, { ttl: index % 2 ? 1_000 : DAY })
  }
  clock.advance(1_000)
  expect(store.size).toBe(MILLION)
  collectGarbage()

  let longest = 0
  for (let turns = 0; store.size > MILLION / 2 && turns < 10 * MILLION; turns++) {
    longest = Math.max(longest, await busyTime(nextTurn))
  }
  store.dispose()
  expect(store.size).toBe(MILLION / 2)
  expect(store.count()).toBe(MILLION / 2)
  expect(longest).toBeLessThan(10)
})

/** Collects what filling the store left behind, which would otherwise be collected in the middle of the sweep. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

function pagesHeld(): number {
  return queryObjects(RecordPage, { format: 'count' })
}

/** Gives the milliseconds of processor time this thread spends in one turn of the event loop. */
async function busyTime(turn: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage()
  await turn()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

describe('the timer', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  /** A store with a clock that moves with the fake timers. */
  function makeStore(cleanupInterval: number): MemorySessionStore {
    vi.useFakeTimers()
    return new MemorySessionStore({ cleanupInterval })
  }

  test('a store that was never written to holds no timer', () => {
    const store = makeStore(1_000)
    store.get('a')
    store.destroy('a')
    store.listByUser('u')
    store.set('a', newRecord(), { ttl: 0 })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a store holds one timer, however many records it has', () => {
    const store = makeStore(1_000)
    for (let index = 0; index < 100; index++) store.set(`${index}`, newRecord(), { ttl: DAY })
    expect(vi.getTimerCount()).toBe(1)
  })

  test('expired records go at the next sweep, live ones stay', () => {
    const store = makeStore(1_000)
    store.set('gone', newRecord({ user: 'u' }), { ttl: 900 })
    store.set('kept', newRecord({ user: 'u' }), { ttl: 2_500 })
    vi.advanceTimersByTime(999)
    expect(store.size).toBe(2)
    vi.advanceTimersByTime(1)
    expect(store.size).toBe(1)
    vi.advanceTimersByTime(1_000)
    expect(store.size).toBe(1)
    vi.advanceTimersByTime(1_000)
    expect(store.size).toBe(0)
  })

  test('a sweep that leaves the store empty is the last, until the next write', () => {
    const store = makeStore(1_000)
    store.set('a', newRecord(), { ttl: 500 })
    vi.advanceTimersByTime(1_000)
    expect([store.size, vi.getTimerCount()]).toEqual([0, 0])
    store.create('b', newRecord(), { ttl: 500 })
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(1_000)
    expect([store.size, vi.getTimerCount()]).toEqual([0, 0])
  })

  test('a large sweep takes many turns, each of them bounded', () => {
    const store = makeStore(1_000)
    for (let index = 0; index < 5_000; index++) store.set(`${index}`, newRecord(), { ttl: 500 })
    const sizes: number[] = []
    for (let turn = 0; turn < 20; turn++) {
      vi.advanceTimersToNextTimer()
      sizes.push(store.size)
    }
    expect(sizes.slice(0, 3)).toEqual([4_500, 4_000, 3_500])
    expect(sizes.at(-1)).toBe(0)
  })

  test('the memory of records that have gone is given back at the end of the sweep', () => {
    const store = makeStore(1_000)
    store.set('kept', newRecord(), { ttl: DAY })
    for (let index = 1; index < 10 * PAGE_ROWS; index++) store.set(`${index}`, newRecord(), { ttl: 500 })
    const full = pagesHeld()
    while (store.size > 1) vi.advanceTimersToNextTimer()
    expect(full - pagesHeld()).toBeGreaterThanOrEqual(9)
    expect(store.count()).toBe(1)
    store.dispose()
  })

  test('records written during a sweep are neither lost nor swept early', () => {
    const store = makeStore(1_000)
    for (let index = 0; index < 2_000; index++) store.set(`old ${index}`, newRecord(), { ttl: 500 })
    vi.advanceTimersToNextTimer()
    for (let index = 0; index < 2_000; index++) store.set(`new ${index}`, newRecord(), { ttl: DAY })
    for (let turn = 0; turn < 10; turn++) vi.advanceTimersToNextTimer()
    expect(store.size).toBe(2_000)
    expect(Array.from({ length: 2_000 }, (_, index) => store.get(`new ${index}`)).includes(null)).toBe(false)
  })

  test('dispose stops the timer for good, also between two slices; the store still answers', () => {
    const store = makeStore(1_000)
    for (let index = 0; index < 2_000; index++) store.set(`${index}`, newRecord(), { ttl: 500 })
    vi.advanceTimersToNextTimer()
    store.dispose()
    store.dispose()
    expect(vi.getTimerCount()).toBe(0)
    store.set('late', newRecord({ id: 'late' }), { ttl: DAY })
    expect(store.get('late')?.id).toBe('late')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('an interval longer than a timer can hold is not taken for 1 ms', () => {
    const store = makeStore(30 * DAY)
    store.set('a', newRecord(), { ttl: 1_000 })
    vi.advanceTimersByTime(DAY)
    expect(store.size).toBe(1)
    vi.advanceTimersByTime(24 * DAY)
    expect(store.size).toBe(0)
  })

  test('timers that are numbers, as in Workers, are timers too', () => {
    const timers: (() => void)[] = []
    vi.stubGlobal('setTimeout', (run: () => void) => timers.push(run))
    const clock = createClock()
    const store = new MemorySessionStore({ now: clock.now })
    store.set('a', newRecord(), { ttl: 1_000 })
    clock.advance(1_000)
    timers.shift()?.()
    vi.unstubAllGlobals()
    expect(store.size).toBe(0)
  })

  test('records expire also where a timer ends with the request that made it, as in Workers', () => {
    const made = vi.fn(() => 1)
    vi.stubGlobal('setTimeout', made)
    onTestFinished(() => void vi.unstubAllGlobals())
    const clock = createClock()
    const store = new MemorySessionStore({ now: clock.now, cleanupInterval: 60_000 })
    for (let index = 0; index < 1_200; index++) store.set(`${index}`, newRecord(), { ttl: 1_000 })
    expect(made).toHaveBeenCalledOnce()
    // Later than any timer that is still there.
    clock.advance(62_000)
    const sizes: number[] = []
    for (let index = 0; index < 4; index++) {
      store.set(`new ${index}`, newRecord(), { ttl: DAY })
      sizes.push(store.size)
      clock.advance(2_000)
    }
    expect(sizes).toEqual([701, 202, 3, 4])
  })
})
