import { describe, expect, test } from 'vitest'
import { expiresAt, expiryOf, latestEnd, touchInterval } from '../../src/core/expiry.ts'
import type { SessionRecord } from '../../src/core/record.ts'

const NOW = 1_000_000_000
const MINUTE = 60_000
const lifetime = { idle: 30 * MINUTE, absolute: 8 * 60 * MINUTE }

function recordAt(
  times: Partial<Pick<SessionRecord, 'createdAt' | 'touchedAt' | 'expiresAt'>>,
): SessionRecord {
  return { id: 'x', data: '{}', revision: 1, createdAt: NOW, touchedAt: NOW, expiresAt: NOW + 1e9, ...times }
}

describe('a record is over', () => {
  const table: ReadonlyArray<[string, Parameters<typeof recordAt>[0], 'idle' | 'absolute' | null]> = [
    ['never: just touched', {}, null],
    ['one millisecond before the idle timeout: not yet', { touchedAt: NOW - lifetime.idle + 1 }, null],
    ['at the idle timeout', { touchedAt: NOW - lifetime.idle }, 'idle'],
    [
      'one millisecond before the absolute timeout: not yet',
      { createdAt: NOW - lifetime.absolute + 1 },
      null,
    ],
    ['at the absolute timeout', { createdAt: NOW - lifetime.absolute }, 'absolute'],
    ['at both: the absolute one is told', { createdAt: 0, touchedAt: 0 }, 'absolute'],
    ['one millisecond before what it says itself: not yet', { expiresAt: NOW + 1 }, null],
    ['at what it says itself', { expiresAt: NOW }, 'idle'],
    ['long after what it says itself', { expiresAt: 0 }, 'idle'],
    ['born 5 minutes ahead: clocks differ', { createdAt: NOW + 5 * MINUTE }, null],
    ['born more than 5 minutes ahead', { createdAt: NOW + 5 * MINUTE + 1 }, 'absolute'],
    ['touched 5 minutes ahead: clocks differ', { touchedAt: NOW + 5 * MINUTE }, null],
    ['touched more than 5 minutes ahead', { touchedAt: NOW + 5 * MINUTE + 1 }, 'idle'],
  ]
  test.each(table)('%s [P8] [C30] [C31] [C35]', (_name, times, expected) => {
    expect(expiryOf(recordAt(times), lifetime, NOW)).toBe(expected)
  })
})

test('a session ends at the nearer of both timeouts [P8]', () => {
  expect(expiresAt(NOW, NOW, lifetime)).toBe(NOW + lifetime.idle)
  expect(expiresAt(NOW - lifetime.absolute + 1, NOW, lifetime)).toBe(NOW + 1)
  expect(latestEnd(NOW, lifetime)).toBe(NOW + lifetime.absolute)
})

test.each([
  [20 * MINUTE, MINUTE],
  [100 * MINUTE, 5 * MINUTE],
  [24 * 60 * MINUTE, 5 * MINUTE],
  [1_000, 50],
])('with an idle timeout of %i ms a touch is worth a write after %i ms [P8]', (idle, interval) => {
  expect(touchInterval({ idle, absolute: 1e12 })).toBe(interval)
})
