import { expect, test } from 'vitest'
import { MAX_DURATION_MS, parseDuration } from '../../src/core/duration.ts'

test.each([
  [1, 1],
  [1.4, 1],
  [1.5, 2],
  ['1ms', 1],
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['24h', 86_400_000],
  ['30d', 2_592_000_000],
  ['400d', 34_560_000_000],
  ['1.5h', 5_400_000],
  ['0.5s', 500],
  ['007s', 7_000],
  [MAX_DURATION_MS, MAX_DURATION_MS],
] as const)('%j is %i ms', (duration, milliseconds) => {
  expect(parseDuration(duration, 'idleTimeout')).toBe(milliseconds)
})

test.each([
  0,
  -1,
  0.4,
  '0s',
  '0.0001ms',
  '-1s',
  '401d',
  MAX_DURATION_MS + 1,
  Number.NaN,
  '1e3s',
  '1 s',
  ' 1s',
  '1s ',
  '1S',
  's',
  '',
  '1.s',
  '.5s',
  '1234567890123ms',
  '1s\n',
])('%j is refused, and told with the option’s name', (duration) => {
  expect(() => Reflect.apply(parseDuration, undefined, [duration, 'idleTimeout'])).toThrow(
    /^idleTimeout is not a usable duration \(got .*Expected milliseconds or a text like '30m'/s,
  )
})

test('a message quotes no more than 40 characters of what was given', () => {
  const long = 'x'.repeat(10_000)
  expect(() => Reflect.apply(parseDuration, undefined, [long, 'idleTimeout'])).toThrow(/'x{40}…'/)
})
