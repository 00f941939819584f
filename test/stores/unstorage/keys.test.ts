import { createStorage, defineDriver, prefixStorage } from 'unstorage'
import memoryDriver from 'unstorage/drivers/memory'
import { expect, test } from 'vitest'
import { isSessionError } from '../../../src/index.ts'
import { UnstorageSessionStore } from '../../../src/stores/unstorage.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'

/** A driver that takes capital letters for small ones, as the file systems of Windows and macOS do. */
const caseBlindDriver = defineDriver(() => {
  const data = new Map<string, string>()
  return {
    name: 'case-blind',
    hasItem: (key) => data.has(key.toLowerCase()),
    getItem: (key) => data.get(key.toLowerCase()) ?? null,
    setItem: (key, value) => void data.set(key.toLowerCase(), value),
    removeItem: (key) => void data.delete(key.toLowerCase()),
    getKeys: () => [...data.keys()],
  }
})

test('ids that differ in case only are two, also where the file system does not tell', async () => {
  const store = new UnstorageSessionStore(createStorage({ driver: caseBlindDriver({}) }))
  const tail = newRecord().id.slice(1)
  const records = ['A', 'a'].map((first) => newRecord({ id: first + tail }))
  for (const record of records) await store.set(record.id, record, { ttl: 60_000 })
  for (const record of records) expect(await store.get(record.id)).toEqual(record)
})

test('a key is the base and the id in lower-case hex, whatever the id holds', async () => {
  const storage = createStorage({ driver: memoryDriver() })
  const store = new UnstorageSessionStore(storage, { base: 'app:sessions' })
  for (const id of ['aZ-_', '../../etc/passwd', 'a:b?c$', 'ü€'])
    await store.set(id, newRecord({ id }), { ttl: 60_000 })
  const keys = await storage.getKeys()
  expect(keys).toHaveLength(4)
  expect(keys).toContain('app:sessions:615a2d5f')
  for (const key of keys) expect(key).toMatch(/^app:sessions:[0-9a-f]+$/)
})

test('a prefixed storage, as Nitro gives one, is a storage like any other', async () => {
  const storage = createStorage({ driver: memoryDriver() })
  const clock = createClock()
  const store = new UnstorageSessionStore(prefixStorage(storage, 'app'), { now: clock.now })
  const record = newRecord({ id: 'aZ' })
  await store.set(record.id, record, { ttl: 1_000 })
  expect(await store.get(record.id)).toEqual(record)
  expect(await storage.getKeys()).toEqual(['app:coatcheck:615a'])
  clock.advance(1_000)
  expect(await store.deleteExpired()).toBe(1)
})

test('two bases on one storage are two stores', async () => {
  const storage = createStorage({ driver: memoryDriver() })
  const [one, two] = ['one', 'two'].map((base) => new UnstorageSessionStore(storage, { base }))
  const record = newRecord()
  await one?.set(record.id, record, { ttl: 60_000 })
  expect(await two?.get(record.id)).toBeNull()
})

test.each([
  ['an empty base', { base: '' }],
  ['a base with a path', { base: '../up' }],
  ['a base that ends in a colon', { base: 'a:' }],
  ['a base that is no text', { base: 7 }],
  ['a clock that is no function', { now: 7 }],
  ['an option it does not have', { ttl: 7 }],
])('%s is refused [P12]', (_what, options) => {
  const make = (): unknown => Reflect.construct(UnstorageSessionStore, [createStorage(), options])
  expect(make).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }))
})

test.each([undefined, null, {}, { getItem: () => {} }])('%o is refused as a storage [P12]', (storage) => {
  try {
    Reflect.construct(UnstorageSessionStore, [storage])
  } catch (error) {
    expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
    expect(String(error)).toContain('createStorage()')
    return
  }
  throw new Error('It was taken.')
})
