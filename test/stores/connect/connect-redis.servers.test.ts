import { RedisStore } from 'connect-redis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConnectSessionStore } from '../../../src/stores/connect.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { engineFlows } from '../flows.ts'

let server: RedisServer
let clients: ReturnType<typeof createClient>[]
let prefixes = 0

beforeAll(async () => {
  server = await startRedis()
  clients = [createClient({ url: server.url }), createClient({ url: server.url })]
  for (const client of clients) {
    client.on('error', () => {}) // the calls reject with it
    await client.connect()
  }
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await server.stop()
})

/** Two stores on one prefix, each with a connection of its own. */
function openPair(): [RedisStore, RedisStore] {
  const prefix = `case-${++prefixes}:`
  const [first, second] = clients.map((client) => new RedisStore({ client, prefix }))
  if (first === undefined || second === undefined) throw new Error('There are two.')
  return [first, second]
}

// Not in parallel with a clock of ours: connect-redis expires by the server's.
describe('connect-redis', () => {
  storeConformance({
    name: 'ConnectSessionStore on connect-redis',
    test: test.concurrent,
    makeStore: () => {
      const [store, second] = openPair()
      return { store: new ConnectSessionStore(store), secondStore: new ConnectSessionStore(second) }
    },
  })

  test('each key has the time to live of its record, to the second above', async () => {
    const store = new ConnectSessionStore(new RedisStore({ client: clients[0], prefix: 'ttl:' }))
    const record = newRecord()
    await store.set(record.id, record, { ttl: 90_500 })
    const left = Number(await server.ask('TTL', `ttl:${record.id}`))
    expect(left).toBeGreaterThan(80)
    expect(left).toBeLessThanOrEqual(91)
    await store.set(record.id, record, { ttl: 0 })
    expect(await server.ask('EXISTS', `ttl:${record.id}`)).toBe(0)
  })
})

engineFlows('ConnectSessionStore over connect-redis', (clock) => ({
  store: new ConnectSessionStore(openPair()[0], { now: clock.now }),
}))
