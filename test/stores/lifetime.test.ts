import { expect, test } from 'vitest'
import { lifetime } from '../../src/stores/lifetime.ts'

test.each([
  [1_000, 1_000],
  [1_000.9, 1_000],
  [0, 0],
  [-1, 0],
  [0.5, 0],
  [Number.NaN, 0],
  [Number.NEGATIVE_INFINITY, 0],
])('a ttl of %d ms lasts %d ms', (ttl, expected) => {
  expect(lifetime(ttl)).toBe(expected)
})

test('a ttl without end gives a deadline that is still a whole number', () => {
  expect(lifetime(Number.POSITIVE_INFINITY)).toBeGreaterThan(1_000 * 365 * 86_400_000)
  expect(Number.isSafeInteger(Date.now() + lifetime(Number.MAX_VALUE))).toBe(true)
})
