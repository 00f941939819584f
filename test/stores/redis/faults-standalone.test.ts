import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Sessions } from '../../../src/core/sessions.ts'
import { countOf, request, STORE_TIMEOUT, sessionsOn, startTraffic } from '../../faults/traffic.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { startRedisRest, TOKEN } from '../../servers/redis-rest.ts'
import { startTcpProxy, type TcpProxy } from '../../servers/tcp-proxy.ts'
import { type OpenClient, openBunRedis, openIoRedis, openNodeRedis } from './clients.ts'

// A request may ask the store several times, and each time wait for as long as this.
const LONGEST_REQUEST = 4 * STORE_TIMEOUT

/** What the proxy stands before. */
interface Front {
  port: number
  close(): Promise<void>
}

/** What stands behind the proxy, the server itself or the REST interface to it, and how to speak to that. */
interface Kind {
  front(server: RedisServer): Promise<Front>
  open(at: { port: number }): Promise<OpenClient>
}

const itself = async ({ port }: RedisServer): Promise<Front> => ({ port, close: async () => {} })
const KINDS: Record<string, Kind> = {
  'node-redis': { front: itself, open: openNodeRedis },
  ioredis: { front: itself, open: openIoRedis },
  Bun: { front: itself, open: openBunRedis },
  'the REST interface': {
    front: startRedisRest,
    open: async ({ port }) => ({
      client: { url: `http://127.0.0.1:${port}`, token: TOKEN },
      close: async () => {},
    }),
  },
}

describe.each(Object.entries(KINDS))('one server that fails, with %s', (_name, { front, open }) => {
  let server: RedisServer
  let fronted: Front
  let proxy: TcpProxy
  let client: OpenClient
  let sessions: Sessions

  beforeEach(async () => {
    server = await startRedis({ durable: true })
    fronted = await front(server)
    proxy = await startTcpProxy(fronted.port)
    client = await open(proxy)
    sessions = sessionsOn(client.client)
  })
  afterEach(async () => {
    await client.close()
    await proxy.close()
    await fronted.close()
    await server.stop()
  })

  test('killed and restarted under traffic: nothing acknowledged is lost, nobody hangs, it recovers [P11]', async () => {
    const gone = await request(sessions, '', (session) => {
      session.count = 1
    })
    await request(sessions, gone, (session) => session.destroy())
    const traffic = await startTraffic(sessions, 8)
    await traffic.recovered()
    const { connections } = proxy
    await server.kill()
    await delay(50) // while it is down, the visitors go on
    await server.restart()
    await traffic.recovered()
    await traffic.stop()
    expect(proxy.connections).toBeGreaterThan(connections)
    for (const { cookie, acknowledged, failed, longest } of traffic.visitors) {
      const count = await countOf(sessions, cookie)
      expect(count).toBeGreaterThanOrEqual(acknowledged)
      expect(count).toBeLessThanOrEqual(acknowledged + failed)
      expect(longest).toBeLessThan(LONGEST_REQUEST)
    }
    expect(await countOf(sessions, gone)).toBeUndefined()
  })

  test('replies cut short again and again: each acknowledged count is there exactly once [P3]', async () => {
    const traffic = await startTraffic(sessions, 8)
    for (let cut = 0; cut < 5; cut++) {
      const { connections } = proxy
      proxy.set({ kind: 'cut' })
      while (proxy.connections === connections) await delay(5)
      proxy.set({ kind: 'pass' })
      await traffic.recovered()
    }
    await traffic.stop()
    for (const { cookie, acknowledged, failed } of traffic.visitors) {
      const count = await countOf(sessions, cookie)
      expect(count).toBeGreaterThanOrEqual(acknowledged)
      expect(count).toBeLessThanOrEqual(acknowledged + failed)
    }
  })

  test('a stall ends in a 503 in time, and the late reply changes nothing [P11]', async () => {
    const cookie = await request(sessions, '', (session) => {
      session.count = 1
    })
    proxy.set({ kind: 'blackhole' })
    const started = performance.now()
    const stalled = request(sessions, cookie, (session) => {
      session.count = 2
    })
    await expect(stalled).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT', status: 503 })
    expect(performance.now() - started).toBeGreaterThanOrEqual(STORE_TIMEOUT - 1)
    expect(performance.now() - started).toBeLessThan(LONGEST_REQUEST)
    proxy.set({ kind: 'pass' })
    expect(await countOf(sessions, cookie)).toBe(1)
  })

  test('a logout while the reply of a write is on its way stands: the session does not come back [P4]', async () => {
    const cookie = await request(sessions, '', (session) => {
      session.count = 1
    })
    const passage = await sessions.open(cookie)
    passage.session.count = 2
    server.freeze()
    const writing = passage.commit()
    await expect(writing).rejects.toMatchObject({ status: 503 })
    server.thaw()
    const elsewhere = await open(fronted)
    const others = sessionsOn(elsewhere.client)
    await request(others, cookie, (session) => session.destroy())
    await delay(50) // whatever a driver would send again, it has sent by now
    expect(await countOf(others, cookie)).toBeUndefined()
    expect(await countOf(sessions, cookie)).toBeUndefined()
    await elsewhere.close()
  })

  test('connections refused for a while: a 503 each, and then all is well without a restart', async () => {
    const cookie = await request(sessions, '', (session) => {
      session.count = 1
    })
    proxy.set({ kind: 'refuse' })
    await expect(countOf(sessions, cookie)).rejects.toMatchObject({ name: 'StoreError', status: 503 })
    proxy.set({ kind: 'pass' })
    const deadline = performance.now() + 10_000
    let count: number | undefined
    while (count === undefined && performance.now() < deadline) {
      count = await countOf(sessions, cookie).catch(() => undefined)
    }
    expect(count).toBe(1)
  })
})
