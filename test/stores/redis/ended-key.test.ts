import { Cluster } from 'ioredis'
import { createCluster } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisClient, RedisSessionStore } from '../../../src/stores/redis.ts'
import { newId } from '../../../src/testing/sample-records.ts'
import { type RedisCluster, startRedisCluster } from '../../servers/redis-cluster.ts'
import { HOUR, recordOf } from './records.ts'

describe('word of an ended session, in a Cluster', () => {
  let cluster: RedisCluster
  beforeAll(async () => {
    cluster = await startRedisCluster()
  })
  afterAll(() => cluster.stop())

  async function withClients(keyPrefix: string, use: (client: RedisClient) => Promise<void>): Promise<void> {
    const { nodes } = cluster
    const nodeRedis = createCluster({ rootNodes: nodes.map(({ url }) => ({ url })), keyPrefix })
    const ioRedis = new Cluster(
      nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
      { keyPrefix },
    )
    await nodeRedis.connect()
    try {
      await use(nodeRedis)
      await use(ioRedis)
    } finally {
      nodeRedis.destroy()
      ioRedis.disconnect()
    }
  }

  async function endedKeys(): Promise<string[]> {
    const replies = await Promise.all(cluster.nodes.map((node) => node.ask('KEYS', '*ended*')))
    return replies.flatMap((keys) => (Array.isArray(keys) ? keys.map(String) : []))
  }

  test.each([
    ['', 'coatcheck:', true],
    ['app:', 'coatcheck:', true],
    ['', 'a{b}:', true],
    ['{app}', 'c{d}:', true],
    ['', '}{x}:', true],
    ['', 'a}b:', false],
    ['', 'a{b:', false],
    ['', '{}a:', false],
  ])(
    'with the keyPrefix %j and the prefix %j, a session can be ended',
    async (keyPrefix, prefix, hasWord) => {
      await withClients(keyPrefix, async (client) => {
        await Promise.all(cluster.nodes.map((node) => node.ask('FLUSHALL')))
        const store = new RedisSessionStore(client, { prefix })
        const ids = Array.from({ length: 10 }, newId)
        for (const id of ids) {
          await store.create(id, recordOf(id, { user: 'ann' }), { ttl: HOUR })
          expect(await store.replace(id, recordOf(id), { ttl: 0, revision: 1 })).toBe('written')
          expect(await store.get(id)).toBeNull()
        }
        expect(await endedKeys()).toHaveLength(hasWord ? ids.length : 0)
      })
    },
  )
})
