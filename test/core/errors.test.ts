import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  ConfigError,
  DataError,
  type ErrorCode,
  isSessionError,
  SessionError,
  StoreError,
  UsageError,
} from '../../src/core/errors.ts'

const ERRORS: ReadonlyArray<[string, SessionError, object]> = [
  [
    'ConfigError',
    new ConfigError('ERR_CONFIG_INVALID', 'what'),
    { code: 'ERR_CONFIG_INVALID', status: 500, retryable: false },
  ],
  [
    'UsageError',
    new UsageError('ERR_HEADERS_SENT', 'what'),
    { code: 'ERR_HEADERS_SENT', status: 500, retryable: false },
  ],
  [
    'DataError',
    new DataError('ERR_DATA_TOO_LARGE', 'what'),
    { code: 'ERR_DATA_TOO_LARGE', status: 500, retryable: false },
  ],
  [
    'StoreError',
    new StoreError('ERR_STORE_TIMEOUT', 'what', { store: 'Redis', operation: 'get' }),
    { code: 'ERR_STORE_TIMEOUT', status: 503, retryable: true, store: 'Redis', operation: 'get' },
  ],
]

describe.each(ERRORS)('a %s', (name, error, properties) => {
  test('says its class, code, status and whether to try again', () => {
    expect(error).toMatchObject({ name, message: 'what', ...properties })
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(SessionError)
    expect(String(error)).toBe(`${name}: what`)
    expect(error.stack).toContain(`${name}: what`)
  })

  test('is known as one of ours, by its code too', () => {
    expect(isSessionError(error)).toBe(true)
    expect(isSessionError(error, error.code)).toBe(true)
    expect(isSessionError(error, 'ERR_NOT_MOUNTED')).toBe(false)
  })

  test('has no cause unless it was given one', () => {
    expect('cause' in error).toBe(false)
  })

  test('shows no mark of ours when its properties are listed', () => {
    expect(Object.keys(error)).not.toContain('coatcheck.error')
    expect(Object.keys(error)).toEqual(expect.arrayContaining(['code', 'status', 'retryable']))
  })
})

test('a cause is kept as it was given', () => {
  const cause = new Error('underneath')
  expect(new ConfigError('ERR_PEER_MISSING', 'what', { cause }).cause).toBe(cause)
  expect(new ConfigError('ERR_PEER_MISSING', 'what', { cause: undefined })).toHaveProperty('cause', undefined)
})

test('an error of another copy of the package is known', async () => {
  // The query makes it another module, with classes of its own, as two installed versions have.
  const address = '../../src/core/errors.ts?another-copy'
  const copy: typeof import('../../src/core/errors.ts') = await import(address)
  const theirs = new copy.UsageError('ERR_NOT_MOUNTED', 'what')
  expect(theirs).not.toBeInstanceOf(SessionError)
  expect(isSessionError(theirs)).toBe(true)
  expect(isSessionError(theirs, 'ERR_NOT_MOUNTED')).toBe(true)
  expect(copy.isSessionError(new UsageError('ERR_NOT_MOUNTED', 'what'))).toBe(true)
})

test.each([null, undefined, 'ERR_NOT_MOUNTED', 5, {}, { code: 'ERR_NOT_MOUNTED' }, new Error('x'), () => 1])(
  '%j is none of ours',
  (other) => expect(isSessionError(other)).toBe(false),
)

test('an error that has not the code that was asked for is still one of the library, to the compiler too', () => {
  const error: SessionError = new UsageError('ERR_HEADERS_SENT', 'too late')
  if (isSessionError(error, 'ERR_DATA_TOO_LARGE'))
    expectTypeOf(error.code).toEqualTypeOf<'ERR_DATA_TOO_LARGE'>()
  else expect(error.code).toBe('ERR_HEADERS_SENT')
  const unknown: unknown = error
  if (isSessionError(unknown)) expectTypeOf(unknown.code).toEqualTypeOf<ErrorCode>()
})
