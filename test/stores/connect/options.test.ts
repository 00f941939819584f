import session from 'express-session'
import { expect, test } from 'vitest'
import { isSessionError } from '../../../src/index.ts'
import { ConnectSessionStore } from '../../../src/stores/connect.ts'

function errorOf(make: () => unknown): unknown {
  try {
    return make()
  } catch (error) {
    return error
  }
}

test.each([
  ['nothing', undefined],
  ['null', null],
  ['the class instead of a store', session.MemoryStore],
  ['an object without the methods', { get: () => {} }],
])('%s is refused with what to give instead [P12]', (_what, store) => {
  const error = errorOf(() => Reflect.construct(ConnectSessionStore, [store]))
  expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
  expect(String(error)).toContain("the object that 'new' gives")
})

test.each([{ ttl: 5 }, { now: 5 }])('the options %o are refused [P12]', (options) => {
  const error = errorOf(() => Reflect.construct(ConnectSessionStore, [new session.MemoryStore(), options]))
  expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
})
