import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { againWhenUndone } from '../../../src/stores/sql/undone.ts'

const CODES = new Set(['40001'])

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A statement that the server undoes so many times, and then runs. */
function undone(times: number, code = '40001') {
  return vi.fn(async () => {
    if (times-- > 0) throw Object.assign(new Error('undone'), { code })
    return 'done'
  })
}

test('a statement that is run is sent once, and no time passes', async () => {
  const send = undone(0)
  expect(await againWhenUndone(CODES, send)).toBe('done')
  expect(send).toHaveBeenCalledTimes(1)
})

test('one that is undone ten times in favour of others is sent until it is run', async () => {
  const send = undone(10)
  const sending = againWhenUndone(CODES, send)
  await vi.runAllTimersAsync()
  expect(await sending).toBe('done')
  expect(send).toHaveBeenCalledTimes(11)
})

test('those that were undone together are not sent again together', async () => {
  const sends = Array.from({ length: 20 }, () => undone(3))
  const times = new Set<number>()
  const sending = sends.map(async (send) => {
    await againWhenUndone(CODES, send)
    times.add(performance.now())
  })
  await vi.runAllTimersAsync()
  await Promise.all(sending)
  expect(times.size).toBeGreaterThan(3)
})

test("one that is undone for a second and a half is given up with the server's error", async () => {
  const send = undone(Number.POSITIVE_INFINITY)
  const started = performance.now()
  const sending = expect(againWhenUndone(CODES, send)).rejects.toMatchObject({ code: '40001' })
  await vi.runAllTimersAsync()
  await sending
  expect(performance.now() - started).toBeGreaterThanOrEqual(1_500)
  expect(performance.now() - started).toBeLessThan(1_600)
})

test('any other error is thrown at once', async () => {
  const send = undone(1, '23505')
  await expect(againWhenUndone(CODES, send)).rejects.toMatchObject({ code: '23505' })
  expect(send).toHaveBeenCalledTimes(1)
})
