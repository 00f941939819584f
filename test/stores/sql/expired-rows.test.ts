import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ExpiredRows } from '../../../src/stores/sql/expired-rows.ts'

const MINUTE = 60_000

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('from one run to the next half to one and a half intervals pass, so that processes do not clean up together', async () => {
  const runs = [Date.now()]
  const deleteBatch = (): number => {
    runs.push(Date.now())
    return 0
  }
  const expired = new ExpiredRows({ store: 'SomeStore', interval: '10m', batchSize: 10, deleteBatch })
  expired.wake()
  await vi.advanceTimersByTimeAsync(2_000 * MINUTE)
  expired.stop()
  const pauses = runs.slice(1).map((at, index) => (at - (runs[index] ?? 0)) / MINUTE)
  // Some 200 of them: that none comes near an end by chance is as good as impossible.
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5)
  expect(Math.min(...pauses)).toBeLessThan(6)
  expect(Math.max(...pauses)).toBeLessThanOrEqual(15)
  expect(Math.max(...pauses)).toBeGreaterThan(14)
})
