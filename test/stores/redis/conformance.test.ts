import { afterAll, beforeAll, describe, test } from 'vitest'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { startRedisCluster } from '../../servers/redis-cluster.ts'
import { type GlobalRedis, startGlobalRedis } from '../../servers/redis-global.ts'
import { startRedisSentinel } from '../../servers/redis-sentinel.ts'
import * as clients from './clients.ts'

type Open<Server> = (server: Server) => Promise<clients.OpenClient>

let prefixes = 0

/** Runs the whole suite for each driver, with two clients on one server. Each case has a prefix, and so a store, of its own. */
function conforms<Server extends { stop(): Promise<void> }>(
  topology: string,
  start: () => Promise<Server>,
  drivers: Record<string, Open<Server>>,
  // Side by side, because most of the time goes into waiting for records to expire.
  run: Parameters<typeof storeConformance>[0]['test'] = test.concurrent,
): void {
  describe(topology, () => {
    let server: Server
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server.stop())

    describe.each(Object.entries(drivers))('with %s', (_name, open) => {
      let pair: [clients.OpenClient, clients.OpenClient]
      beforeAll(async () => {
        pair = [await open(server), await open(server)]
      })
      afterAll(() => Promise.all(pair.map(({ close }) => close())))

      const makeStore = (): { store: RedisSessionStore; secondStore: RedisSessionStore } => {
        const prefix = `case-${++prefixes}:`
        const [store, secondStore] = pair.map(({ client }) => new RedisSessionStore(client, { prefix }))
        if (store === undefined || secondStore === undefined) throw new Error('There are two of each.')
        return { store, secondStore }
      }
      storeConformance({ name: 'RedisSessionStore', makeStore, test: run, full: true })
    })
  })
}

conforms('standalone', startRedis, {
  'node-redis': clients.openNodeRedis,
  ioredis: clients.openIoRedis,
  iovalkey: clients.openIoValkey,
})
conforms('Cluster', startRedisCluster, {
  'node-redis': clients.openNodeRedisCluster,
  ioredis: clients.openIoRedisCluster,
})
conforms('Sentinel', startRedisSentinel, {
  'node-redis': clients.openNodeRedisSentinel,
  ioredis: clients.openIoRedisSentinel,
})

// Its replica has none of what is written: whoever asked that would find nothing at all.
const startLagging = async (): Promise<GlobalRedis> => {
  const database = await startGlobalRedis()
  await database.pauseReplication()
  return database
}
// One after the other: both ends of each request are in this process, and all at once are late for their time.
conforms(
  'global, with a replica that lags',
  startLagging,
  { 'the REST interface': clients.openGlobalRest },
  test,
)

describe('with the near-cache', () => {
  const drivers = { 'node-redis': clients.openNodeRedis, ioredis: clients.openIoRedis }
  describe.each(Object.entries(drivers))('and %s', (_name, open) => {
    let server: RedisServer
    let client: clients.OpenClient
    beforeAll(async () => {
      server = await startRedis()
      client = await open(server)
    })
    afterAll(async () => {
      await client.close()
      await server.stop()
    })

    const makeStore = (): { store: RedisSessionStore; close: () => void } => {
      const options = { prefix: `case-${++prefixes}:`, cache: { maxEntries: 100 } }
      const store = new RedisSessionStore(client.client, options)
      return { store, close: () => store.dispose() }
    }
    // Without a second store: word of what another process writes takes its moment to arrive, as the option says.
    storeConformance({ name: 'RedisSessionStore', makeStore, test: test.concurrent, full: true })
  })
})
