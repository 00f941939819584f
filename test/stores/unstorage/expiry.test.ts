import { createStorage, defineDriver } from 'unstorage'
import memoryDriver from 'unstorage/drivers/memory'
import { beforeEach, describe, expect, test } from 'vitest'
import { UnstorageSessionStore } from '../../../src/stores/unstorage.ts'
import { createClock, type TestClock } from '../../../src/testing/clock.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'

let clock: TestClock
let storage: ReturnType<typeof createStorage>
let store: UnstorageSessionStore

beforeEach(() => {
  clock = createClock()
  storage = createStorage({ driver: memoryDriver() })
  store = new UnstorageSessionStore(storage, { now: clock.now })
})

async function fill(count: number, ttl: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const record = newRecord()
    await store.set(record.id, record, { ttl })
  }
}

test('an expired record is removed when it is read', async () => {
  const record = newRecord()
  await store.set(record.id, record, { ttl: 1_000 })
  clock.advance(1_000)
  expect(await storage.getKeys()).toHaveLength(1)
  expect(await store.get(record.id)).toBeNull()
  expect(await storage.getKeys()).toHaveLength(0)
})

test('a driver that knows ttl is told it, in whole seconds rounded up', async () => {
  const told: unknown[] = []
  const driver = defineDriver(() => ({
    ...memoryDriver(),
    name: 'listening',
    setItem: (_key, _value, options) => void told.push(options),
  }))
  const listening = new UnstorageSessionStore(createStorage({ driver: driver({}) }))
  const record = newRecord()
  for (const ttl of [1, 1_000, 1_001, 400 * 86_400_000]) await listening.set(record.id, record, { ttl })
  expect(told).toEqual([{ ttl: 1 }, { ttl: 1 }, { ttl: 2 }, { ttl: 34_560_000 }])
})

/** A storage that holds the answer to the first read of a key back until it is let go. */
function heldAtFirstRead(): { held: UnstorageSessionStore; reading: Promise<void>; letGo: () => void } {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let reads = 0
  const getItem = async (key: string): Promise<unknown> => {
    const value = await storage.getItem(key)
    if (reads++ > 0) return value
    reached.resolve()
    await released.promise
    return value
  }
  const held = new UnstorageSessionStore({ ...storage, getItem }, { now: clock.now })
  return { held, reading: reached.promise, letGo: released.resolve }
}

describe('a record that is written while an expired one is read under its id', () => {
  const record = newRecord()
  beforeEach(async () => {
    await store.set(record.id, record, { ttl: 1_000 })
    clock.advance(1_000)
  })

  test('stays, and is what get gives [P3]', async () => {
    const { held, reading, letGo } = heldAtFirstRead()
    const getting = held.get(record.id)
    await reading
    await held.set(record.id, { ...record, revision: 2 }, { ttl: 1_000 })
    letGo()
    expect(await getting).toEqual({ ...record, revision: 2 })
    expect(await held.get(record.id)).toEqual({ ...record, revision: 2 })
  })

  test('stays, and is not counted by deleteExpired [P3]', async () => {
    const { held, reading, letGo } = heldAtFirstRead()
    const deleting = held.deleteExpired()
    await reading
    await held.set(record.id, { ...record, revision: 2 }, { ttl: 1_000 })
    letGo()
    expect(await deleting).toBe(0)
    expect(await held.get(record.id)).toEqual({ ...record, revision: 2 })
  })
})

test('an expired record that is destroyed while it is read is none', async () => {
  const record = newRecord()
  await store.set(record.id, record, { ttl: 1_000 })
  clock.advance(1_000)
  const { held, reading, letGo } = heldAtFirstRead()
  const getting = held.get(record.id)
  await reading
  await held.destroy(record.id)
  letGo()
  expect(await getting).toBeNull()
})

describe('deleteExpired', () => {
  test('removes what is expired, and nothing else', async () => {
    await fill(30, 1_000)
    await fill(20, 60_000)
    await storage.setItem('somebody:elses', { deadline: 0, record: {} })
    clock.advance(1_000)
    expect(await store.deleteExpired()).toBe(30)
    expect(await storage.getKeys('coatcheck')).toHaveLength(20)
    expect(await storage.hasItem('somebody:elses')).toBe(true)
    expect(await store.deleteExpired()).toBe(0)
  })

  test('reads no more records than limit at a call, and gets round to all', async () => {
    await fill(100, 60_000)
    await fill(100, 1_000)
    await fill(50, 60_000)
    clock.advance(1_000)
    const reads: string[] = []
    const getItem = (key: string): Promise<unknown> => {
      reads.push(key)
      return storage.getItem(key)
    }
    const watched = new UnstorageSessionStore({ ...storage, getItem }, { now: clock.now })
    const removed: number[] = []
    for (let call = 0; call < 4; call++) {
      reads.length = 0
      removed.push(await watched.deleteExpired({ limit: 70 }))
      expect(new Set(reads).size).toBeLessThanOrEqual(70)
    }
    expect(removed.reduce((sum, count) => sum + count, 0)).toBe(100)
    expect(await storage.getKeys()).toHaveLength(150)
  })

  test('begins again at the end, so that what expires later goes too', async () => {
    await fill(30, 1_000)
    expect(await store.deleteExpired({ limit: 20 })).toBe(0)
    expect(await store.deleteExpired({ limit: 20 })).toBe(0)
    clock.advance(1_000)
    expect(await store.deleteExpired({ limit: 20 })).toBe(20)
    expect(await store.deleteExpired({ limit: 20 })).toBe(10)
  })

  test('leaves what it cannot read', async () => {
    await storage.setItem('coatcheck:ff', 'not a record')
    expect(await store.deleteExpired()).toBe(0)
    expect(await storage.getKeys()).toEqual(['coatcheck:ff'])
  })
})
