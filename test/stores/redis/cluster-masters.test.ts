import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Cluster } from 'ioredis'
import { createCluster } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { newId } from '../../../src/testing/sample-records.ts'
import { type RedisCluster, startRedisCluster } from '../../servers/redis-cluster.ts'
import { openNodeRedisCluster } from './clients.ts'
import { HOUR, recordOf } from './records.ts'

const IDS = Array.from({ length: 60 }, newId) // enough for some on every master

let cluster: RedisCluster
let made: Cluster[] = []

beforeAll(async () => {
  cluster = await startRedisCluster()
  const { client, close } = await openNodeRedisCluster(cluster)
  const store = new RedisSessionStore(client)
  await Promise.all(IDS.map((id) => store.create(id, recordOf(id), { ttl: HOUR })))
  await close()
})
afterEach(() => {
  for (const client of made) client.disconnect()
  made = []
})
afterAll(() => cluster.stop())

function ioRedisCluster(options: { lazyConnect?: boolean; enableOfflineQueue?: boolean } = {}): Cluster {
  const roots = cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port }))
  const client = new Cluster(roots, options)
  client.on('error', () => {}) // a node that is down
  made.push(client)
  return client
}

async function walked(store: RedisSessionStore): Promise<number> {
  const ids = new Set<string>()
  let cursor: string | undefined
  do {
    const page = await store.entries(cursor === undefined ? {} : { cursor })
    for (const { id } of page.records) ids.add(id)
    cursor = page.cursor
  } while (cursor !== undefined)
  return ids.size
}

async function isWhole(): Promise<boolean> {
  const infos = await Promise.all(cluster.nodes.map((node) => node.ask('CLUSTER', 'INFO')))
  return infos.every((info) => String(info).includes('cluster_state:ok'))
}

const WAYS: [string, (store: RedisSessionStore) => Promise<number>][] = [
  ['count()', (store) => store.count()],
  ['a walk', walked],
]

describe.each(WAYS)('%s of a Cluster never takes some masters for all:', (_name, way) => {
  test.each([
    ['that is connecting', {}],
    ['that is still to connect', { lazyConnect: true }],
  ])('it waits for a client of ioredis %s', async (_state, options) => {
    expect(await way(new RedisSessionStore(ioRedisCluster(options)))).toBe(IDS.length)
  })

  test('it fails with a client of ioredis that lets nothing wait and is not connected', async () => {
    const client = ioRedisCluster({ enableOfflineQueue: false })
    await expect(way(new RedisSessionStore(client))).rejects.toThrow(/isn't ready/)
  })

  test('it fails with a client of node-redis that nobody connected', async () => {
    const client = createCluster({ rootNodes: cluster.nodes.map(({ url }) => ({ url })) })
    await expect(way(new RedisSessionStore(client))).rejects.toThrow(/knows no master.*client\.connect\(\)/)
  })

  test('it fails while a master is down that a client of ioredis has lost, and is whole when that is back', async () => {
    const client = ioRedisCluster()
    const store = new RedisSessionStore(client)
    expect(await way(store)).toBe(IDS.length)
    const [victim] = cluster.nodes
    await victim?.kill()
    try {
      while (client.nodes('master').length === cluster.nodes.length) await delay(5)
      await expect(way(store)).rejects.toThrow(/Connection is closed/)
    } finally {
      await victim?.restart()
      await expect.poll(isWhole, { timeout: 15_000 }).toBe(true)
    }
    expect(await way(store)).toBe(IDS.length)
  })

  test('it fails when the masters a client of ioredis has lost cannot be had again', async () => {
    const client = ioRedisCluster()
    const store = new RedisSessionStore(client)
    expect(await way(store)).toBe(IDS.length)
    const port = Number(cluster.nodes[0]?.port)
    const gone = once(client, '-node')
    client
      .nodes('master')
      .find(({ options }) => options.port === port)
      ?.disconnect()
    await gone
    Object.assign(client, { refreshSlotsCache: (done: () => void) => done() })
    await expect(way(store)).rejects.toThrow(`has lost 127.0.0.1:${port}. See that the Cluster is whole`)
  })
})
