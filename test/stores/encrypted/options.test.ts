import { createClient } from 'redis'
import { describe, expect, test } from 'vitest'
import { isSessionError, type SessionStore } from '../../../src/index.ts'
import { encrypted } from '../../../src/stores/encrypted.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { KEY, OLD_KEY } from './keys.ts'

function errorOf(...args: unknown[]): unknown {
  try {
    return Reflect.apply(encrypted, undefined, args)
  } catch (error) {
    return error
  }
}

const store = new MemorySessionStore()

describe('a key that is missing or weak is refused, and not shown [P12] [C60]', () => {
  test.each([
    [undefined],
    [''],
    [[]],
    [[undefined, KEY]],
    ['x'.repeat(31)],
    ['abababababababababababababababababababab'],
    [[KEY, 'too short for a key']],
    [7],
    [Buffer.alloc(32)],
  ])('%o', (keys) => {
    const error = errorOf(store, { keys })
    expect(isSessionError(error, 'ERR_CONFIG_INSECURE')).toBe(true)
    expect(String(error)).toContain('coatcheck secret')
    expect(String(error)).not.toContain('too short for')
  })
})

test.each([
  ['no store', undefined, { keys: KEY }],
  ['a store without get', {}, { keys: KEY }],
  ['an unknown option', store, { keys: KEY, key: KEY }],
  ['a hideUser that is no boolean', store, { keys: KEY, hideUser: 'yes' }],
])('%s is refused [P12]', (_what, wrapped, options) => {
  expect(isSessionError(errorOf(wrapped, options), 'ERR_CONFIG_INVALID')).toBe(true)
})

describe('arguments that cannot be used are refused by an error that says how to call it [P12]', () => {
  const NEEDS_STORE = 'encrypted needs the store to wrap, with get, set and destroy, as its first argument'
  const NEEDS_OPTIONS = 'encrypted needs an object with keys as its second argument'
  const USAGE = 'Write encrypted(store, { keys: process.env.SESSION_ENCRYPTION_KEY }).'

  test.each<[string, unknown[], string]>([
    ['none at all', [], NEEDS_STORE],
    ['a store alone', [store], NEEDS_OPTIONS],
    ['a store and null', [store, null], NEEDS_OPTIONS],
    ['a store and a key', [store, KEY], NEEDS_OPTIONS],
    ['a store and keys', [store, [KEY]], NEEDS_OPTIONS],
    ['a store and a promise', [store, Promise.resolve({ keys: KEY })], NEEDS_OPTIONS],
    ['a store and another', [store, new MemorySessionStore()], NEEDS_OPTIONS],
    ['options alone', [{ keys: KEY }], NEEDS_STORE],
    ['options and store, swapped', [{ keys: KEY }, store], NEEDS_STORE],
    ['a key and a store', [KEY, store], NEEDS_STORE],
    ['a store that only reads', [{ get: () => null }, { keys: KEY }], NEEDS_STORE],
    ['the class of a store', [MemorySessionStore, { keys: KEY }], NEEDS_STORE],
  ])('%s', (_what, args, message) => {
    const error = errorOf(...args)
    expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
    expect(error).toHaveProperty('message', `${message}. ${USAGE}`)
  })
})

test('keys that were taken out of use may be undefined', () => {
  expect(encrypted(store, { keys: [KEY, undefined] })).toBeDefined()
})

describe('abilities', () => {
  const ABILITIES = [
    'create',
    'replace',
    'touch',
    'listByUser',
    'destroyByUser',
    'entries',
    'count',
    'onEvict',
    'dispose',
  ] as const

  test('are those of the store underneath: all of a full one', () => {
    for (const name of ABILITIES) expect(encrypted(store, { keys: KEY })[name]).toBeTypeOf('function')
  })

  test('are those of the store underneath: none of a basic one', () => {
    const basic: SessionStore = { get: () => null, set: () => {}, destroy: () => {} }
    const wrapper = encrypted(basic, { keys: KEY })
    for (const name of ABILITIES) expect(wrapper[name]).toBeUndefined()
  })

  test('one of them alone comes through alone', () => {
    const some: SessionStore = { get: () => null, set: () => {}, destroy: () => {}, count: () => 7 }
    const wrapper = encrypted(some, { keys: KEY })
    expect(wrapper.count?.()).toBe(7)
    expect(wrapper.create).toBeUndefined()
  })

  test('a store that answers without a promise still does [DESIGN 5]', () => {
    const record = { id: 'a', data: '{}', revision: 1, createdAt: 1, touchedAt: 1, expiresAt: 2 }
    const wrapper = encrypted(new MemorySessionStore(), { keys: KEY })
    expect(wrapper.create?.('a', record, { ttl: 1_000 })).toBe(true)
    expect(wrapper.get('a')).toEqual(record)
  })

  test('a method of the store that takes more than the contract says is given no more', async () => {
    const calls: unknown[][] = []
    const note = <T>(answer: T) => {
      return (...args: unknown[]): T => {
        calls.push(args)
        return answer
      }
    }
    const wrapper = encrypted(
      { get: () => null, set: () => {}, destroy: () => {}, listByUser: note([]), destroyByUser: note(0) },
      { keys: [KEY, OLD_KEY], hideUser: true },
    )
    await wrapper.listByUser?.('ann')
    await wrapper.destroyByUser?.('ann', { except: 'a' })
    const label = expect.any(String)
    const options = { except: 'a' }
    expect(calls).toEqual([[label], [label], [label, options], [label, options], [label, options]])
  })

  test('what the store evicts is told, and dispose reaches it', async () => {
    const inner = new MemorySessionStore({ maxSessions: 1 })
    const wrapper = encrypted(inner, { keys: KEY })
    const evicted: string[] = []
    wrapper.onEvict?.((id) => evicted.push(id))
    for (const id of ['a', 'b']) {
      const record = { id, data: '{}', revision: 1, createdAt: 1, touchedAt: 1, expiresAt: 2 }
      await wrapper.set(id, record, { ttl: 1_000 })
    }
    expect(evicted).toEqual(['a'])
    await wrapper.dispose?.()
  })
})

test('a client in the place of the store is refused, with the class that makes a store of it [P12]', () => {
  const client = createClient()
  expect(() => Reflect.apply(encrypted, undefined, [client, { keys: KEY }])).toThrow(
    expect.objectContaining({
      code: 'ERR_CONFIG_INVALID',
      message:
        "the store to wrap is a Redis client; give new RedisSessionStore(…) around it, from 'coatcheck/stores/redis'.",
    }),
  )
})
