import { expect, test } from 'vitest'
import { createClock } from '../../src/testing/clock.ts'

test('a clock stands still until it is advanced', () => {
  const { now, advance } = createClock(1_000)
  expect([now(), now()]).toEqual([1_000, 1_000])
  expect(advance(250)).toBe(1_250)
  expect(now()).toBe(1_250)
})

test('a clock takes durations, and steps back', () => {
  const clock = createClock(0)
  expect(clock.advance('1.5h')).toBe(5_400_000)
  expect(clock.advance(-400_000)).toBe(5_000_000)
})

test('two clocks start at the same, stated time', () => {
  expect(createClock().now()).toBe(Date.parse('2026-01-01T00:00:00Z'))
  expect(createClock().now()).toBe(createClock().now())
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, '5 minutes', ''])(
  'advance(%j) throws and does not move the clock',
  (by) => {
    const clock = createClock(7)
    // @ts-expect-error some of these are no durations
    expect(() => clock.advance(by)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }))
    expect(clock.now()).toBe(7)
  },
)
