import { createStorage, type Storage } from 'unstorage'
import redisDriver from 'unstorage/drivers/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UnstorageSessionStore } from '../../../src/stores/unstorage.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { engineFlows } from '../flows.ts'

// unstorage 1.17 asks for ioredis 5; package.json's override gives it the 6 that the other tests use.
let server: RedisServer
let storages: [Storage, Storage]
let bases = 0

beforeAll(async () => {
  server = await startRedis()
  const open = (): Storage => createStorage({ driver: redisDriver({ host: '127.0.0.1', port: server.port }) })
  storages = [open(), open()]
})
afterAll(async () => {
  await Promise.all(storages.map((storage) => storage.dispose()))
  await server.stop()
})

describe('the redis driver', () => {
  storeConformance({
    name: 'UnstorageSessionStore on redis',
    test: test.concurrent,
    makeStore: () => {
      const base = `case-${++bases}`
      const [store, secondStore] = storages
      return {
        store: new UnstorageSessionStore(store, { base }),
        secondStore: new UnstorageSessionStore(secondStore, { base }),
      }
    },
  })

  test('each key has the time to live of its record, to the second above', async () => {
    const store = new UnstorageSessionStore(storages[0], { base: 'ttl' })
    const record = newRecord({ id: 'aZ' })
    await store.set(record.id, record, { ttl: 90_500 })
    const left = Number(await server.ask('TTL', 'ttl:615a'))
    expect(left).toBeGreaterThan(80)
    expect(left).toBeLessThanOrEqual(91)
  })
})

engineFlows('UnstorageSessionStore over redis', (clock) => ({
  store: new UnstorageSessionStore(storages[0], { base: `flow-${++bases}`, now: clock.now }),
}))
