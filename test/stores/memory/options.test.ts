import { expect, test } from 'vitest'
import { isSessionError } from '../../../src/core/errors.ts'
import { MemorySessionStore, type MemorySessionStoreOptions } from '../../../src/stores/memory.ts'

test.each<[string, object, string]>([
  [
    'maxSessions',
    { maxSessions: 0 },
    'Expected a whole number of records above zero, or Infinity, received 0.',
  ],
  ['maxSessions', { maxSessions: -5 }, 'received -5'],
  ['maxSessions', { maxSessions: 1.5 }, 'received 1.5'],
  ['maxSessions', { maxSessions: Number.NaN }, 'received NaN'],
  ['maxSessions', { maxSessions: Number.NEGATIVE_INFINITY }, 'received -Infinity'],
  ['maxSessions', { maxSessions: '100' }, "received the text '100'"],
  ['maxSessions', { maxSessions: null }, 'received null'],
  ['now', { now: 1_700_000_000_000 }, 'Expected a function giving milliseconds since the epoch'],
  ['cleanupInterval', { cleanupInterval: 0 }, 'got 0'],
  ['cleanupInterval', { cleanupInterval: 'often' }, "got the text 'often'"],
  ['cleanupInterval', { cleanupInterval: '401d' }, "got the text '401d'"],
  [
    'maxSession',
    { maxSession: 5 },
    'has no option maxSession. It knows cleanupInterval, maxSessions and now.',
  ],
])(
  'the option %s of %j is refused, with what was expected and received [P12]',
  (option, options: MemorySessionStoreOptions, message) => {
    const failure = catchError(() => new MemorySessionStore(options))
    expect(isSessionError(failure, 'ERR_CONFIG_INVALID')).toBe(true)
    expect(String(failure)).toContain(option)
    expect(String(failure)).toContain(message)
  },
)

test.each<MemorySessionStoreOptions>([
  {},
  { maxSessions: Number.POSITIVE_INFINITY },
  { maxSessions: 1, cleanupInterval: 1, now: () => 0 },
  { cleanupInterval: '400d' },
])('the options %j are taken', (options) => {
  expect(new MemorySessionStore(options).count()).toBe(0)
})

function catchError(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
