import { expect, test } from 'vitest'
import type { SessionStore } from '../../src/core/store.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { DAY, newRecord } from '../../src/testing/sample-records.ts'

const record = newRecord()

/** Tells whether a promise has settled by the time everything that was ready has run. */
async function isPending(promise: unknown): Promise<boolean> {
  const pending = Symbol('pending')
  const turn = new Promise((resolve) => setImmediate(resolve, pending))
  return (await Promise.race([promise, turn])) === pending
}

test('without faults every call passes through as it is', () => {
  const inner = new MemorySessionStore()
  const store = faultyStore(inner)
  expect(store.set(record.id, record, { ttl: DAY })).not.toBeInstanceOf(Promise)
  expect(store.get(record.id)).toEqual(record)
  expect(inner.get(record.id)).toEqual(record)
})

test('the wrapper has the abilities of the store it wraps, and no others', () => {
  const basic: SessionStore = { get: () => null, set: () => {}, destroy: () => {} }
  expect(faultyStore(basic).replace).toBeUndefined()
  expect('replace' in faultyStore(basic)).toBe(false)
  expect('dispose' in faultyStore(basic)).toBe(false)
  const full = faultyStore(new MemorySessionStore())
  for (const ability of [
    'create',
    'replace',
    'touch',
    'listByUser',
    'destroyByUser',
    'entries',
    'count',
  ] as const) {
    expect(full[ability]).toBeTypeOf('function')
    expect(ability in full).toBe(true)
  }
  expect(full.constructor.name).toBe('MemorySessionStore')
})

test('calls are counted, also those that fail', async () => {
  const store = faultyStore(new MemorySessionStore())
  store.get(record.id)
  store.fail('get')
  await expect(store.get(record.id)).rejects.toThrow()
  store.destroy(record.id)
  expect(store.calls).toMatchObject({ get: 2, destroy: 1, set: 0, replace: 0 })
  store.resetCalls()
  expect(store.calls).toMatchObject({ get: 0, destroy: 0 })
})

test('fail rejects every call until heal, and does no work', async () => {
  const inner = new MemorySessionStore()
  const store = faultyStore(inner)
  store.fail('set')
  await expect(store.set(record.id, record, { ttl: DAY })).rejects.toThrow('told to fail')
  await expect(store.set(record.id, record, { ttl: DAY })).rejects.toThrow('told to fail')
  expect(inner.count()).toBe(0)
  store.heal()
  store.set(record.id, record, { ttl: DAY })
  expect(inner.count()).toBe(1)
})

test('fail hits the nth call only, counted from when it was told', async () => {
  const store = faultyStore(new MemorySessionStore())
  store.get(record.id)
  store.fail('get', { nth: 2 })
  store.fail('get', { nth: 3 })
  expect(store.get(record.id)).toBeNull()
  await expect(store.get(record.id)).rejects.toThrow()
  await expect(store.get(record.id)).rejects.toThrow()
  expect(store.get(record.id)).toBeNull()
})

test('fail can throw at once, with an error of choice', () => {
  const store = faultyStore(new MemorySessionStore())
  const error = new TypeError('out of order')
  store.fail('get', { how: 'throw', error })
  expect(() => store.get(record.id)).toThrow(error)
})

test("a fault 'after' loses the answer, not the work", async () => {
  const inner = new MemorySessionStore()
  const store = faultyStore(inner)
  store.fail('create', { when: 'after' })
  await expect(store.create(record.id, record, { ttl: DAY })).rejects.toThrow()
  expect(inner.get(record.id)).toEqual(record)
})

test("'*' hits every operation", async () => {
  const store = faultyStore(new MemorySessionStore())
  store.fail('*')
  await expect(store.get(record.id)).rejects.toThrow()
  await expect(store.destroy(record.id)).rejects.toThrow()
})

test('stall gives no answer until heal, then the call goes on', async () => {
  const inner = new MemorySessionStore()
  const store = faultyStore(inner)
  store.stall('set')
  const write = store.set(record.id, record, { ttl: DAY })
  expect(await isPending(write)).toBe(true)
  expect(inner.count()).toBe(0)
  store.heal()
  await write
  expect(inner.count()).toBe(1)
  expect(store.set(record.id, record, { ttl: DAY })).not.toBeInstanceOf(Promise)
})

test('delay lets the call through late', async () => {
  const inner = new MemorySessionStore()
  const store = faultyStore(inner)
  store.delay('set', 5, { nth: 1 })
  const write = store.set(record.id, record, { ttl: DAY })
  expect(inner.count()).toBe(0)
  await write
  expect(inner.count()).toBe(1)
})

test('what is assigned to the wrapper does not reach the store', () => {
  const inner = new MemorySessionStore()
  const store = faultyStore(inner)
  store.get = () => record
  expect(store.get('x')).toEqual(record)
  expect(inner.get('x')).toBeNull()
})
