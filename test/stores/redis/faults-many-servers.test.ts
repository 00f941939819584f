import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { countOf, request, STORE_TIMEOUT, sessionsOn, startTraffic } from '../../faults/traffic.ts'
import { startRedisCluster } from '../../servers/redis-cluster.ts'
import { type RedisSentinelSet, startRedisSentinel } from '../../servers/redis-sentinel.ts'
import * as clients from './clients.ts'

// A request may ask the store several times, and each time wait for as long as this.
const LONGEST_REQUEST = 4 * STORE_TIMEOUT

async function offsetOf(server: RedisSentinelSet['master'], name: string): Promise<number> {
  const info = String(await server.ask('INFO', 'replication'))
  return Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1])
}

/** Waits until the replica has everything that the master has now. */
async function replicated({ master, replica }: RedisSentinelSet): Promise<void> {
  const written = await offsetOf(master, 'master_repl_offset')
  while ((await offsetOf(replica, 'slave_repl_offset')) < written) await delay(10)
}

describe.each(
  Object.entries({ 'node-redis': clients.openNodeRedisSentinel, ioredis: clients.openIoRedisSentinel }),
)('a Sentinel failover under load, with %s', (_name, open) => {
  test('what the replica had is kept, what was destroyed stays dead, nobody hangs, it recovers by itself', async () => {
    const set = await startRedisSentinel()
    const client = await open(set)
    try {
      const sessions = sessionsOn(client.client)
      const gone = await request(sessions, '', (session) => {
        session.count = 1
      })
      await request(sessions, gone, (session) => session.destroy())
      const traffic = await startTraffic(sessions, 6)
      await traffic.recovered()
      const safe = traffic.visitors.map(({ acknowledged }) => acknowledged)
      await replicated(set)
      await set.master.kill()
      await traffic.recovered()
      await traffic.stop()
      for (const [i, { cookie, acknowledged, failed, longest }] of traffic.visitors.entries()) {
        const count = await countOf(sessions, cookie)
        expect(count).toBeGreaterThanOrEqual(safe[i] ?? 0)
        expect(count).toBeLessThanOrEqual(acknowledged + failed)
        expect(longest).toBeLessThan(LONGEST_REQUEST)
      }
      expect(await countOf(sessions, gone)).toBeUndefined()
    } finally {
      await client.close()
      await set.stop()
    }
  })
})

describe.each(
  Object.entries({ 'node-redis': clients.openNodeRedisCluster, ioredis: clients.openIoRedisCluster }),
)('one node of a Cluster that goes down, with %s', (_name, open) => {
  test('the sessions of the others go on, its own are a 503 and come back with it, complete', async () => {
    const cluster = await startRedisCluster()
    const client = await open(cluster)
    const [, victim] = cluster.nodes
    try {
      const sessions = sessionsOn(client.client)
      const traffic = await startTraffic(sessions, 30) // enough for some on every node
      await traffic.recovered()
      await victim?.kill()
      await delay(2 * STORE_TIMEOUT)
      const before = traffic.visitors.map(({ acknowledged }) => acknowledged)
      await delay(STORE_TIMEOUT)
      const goOn = traffic.visitors.filter(({ acknowledged }, i) => acknowledged > (before[i] ?? 0) + 5)
      const stand = traffic.visitors.filter(({ acknowledged }, i) => acknowledged === before[i])
      expect(goOn.length).toBeGreaterThan(0)
      expect(stand.length).toBeGreaterThan(0)
      expect(goOn.length + stand.length).toBe(traffic.visitors.length)
      await victim?.restart()
      await traffic.recovered()
      await traffic.stop()
      for (const { cookie, acknowledged, failed, longest } of traffic.visitors) {
        const count = await countOf(sessions, cookie)
        expect(count).toBeGreaterThanOrEqual(acknowledged)
        expect(count).toBeLessThanOrEqual(acknowledged + failed)
        expect(longest).toBeLessThan(LONGEST_REQUEST)
      }
    } finally {
      await client.close()
      await cluster.stop()
    }
  })
})
