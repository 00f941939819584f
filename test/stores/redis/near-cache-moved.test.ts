import type { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { startTcpProxy, type TcpProxy } from '../../servers/tcp-proxy.ts'
import { type OpenClient, openNodeRedis } from './clients.ts'
import { HOUR, recordOf } from './records.ts'

const soon = (): number => 10

/** A client of one address whose duplicates, and so the feed, take another, and how many listeners each event has. */
interface Split extends OpenClient {
  listeners(): Record<string, number>
}

function listenersOf(client: Pick<EventEmitter, 'eventNames' | 'listenerCount'>): Record<string, number> {
  return Object.fromEntries(client.eventNames().map((name) => [String(name), client.listenerCount(name)]))
}

const CLIENTS: Record<string, (port: number, feedPort: number) => Promise<Split>> = {
  'node-redis': async (port, feedPort) => {
    const at = (port: number) => ({ host: '127.0.0.1', port, reconnectStrategy: soon })
    const client = createClient({ socket: at(port) })
    client.on('error', () => {}) // the connection that is cut
    await client.connect()
    const duplicate = (overrides: object) => createClient({ ...overrides, socket: at(feedPort) })
    Object.assign(client, { duplicate })
    return { client, listeners: () => listenersOf(client), close: async () => client.destroy() }
  },
  ioredis: async (port, feedPort) => {
    const at = { host: '127.0.0.1', retryStrategy: soon, lazyConnect: true }
    const client = new Redis({ ...at, port })
    client.on('error', () => {}) // the connection that is cut
    await client.connect()
    Object.assign(client, {
      duplicate: (overrides: object) => new Redis({ ...at, ...overrides, port: feedPort }),
    })
    return { client, listeners: () => listenersOf(client), close: async () => client.disconnect() }
  },
}

describe.each(Object.entries(CLIENTS))(
  'a client that comes to another server by the same address, with %s',
  (_name, openSplit) => {
    let before: RedisServer
    let after: RedisServer
    let stores: { direct: OpenClient; store: RedisSessionStore }[]
    let clientsWay: TcpProxy
    let feedsWay: TcpProxy
    let split: Split
    let store: RedisSessionStore

    beforeAll(async () => {
      ;[before, after] = await Promise.all([startRedis(), startRedis()])
      stores = await Promise.all(
        [before, after].map(async (server) => {
          const direct = await openNodeRedis(server)
          return { direct, store: new RedisSessionStore(direct.client) }
        }),
      )
    })
    beforeEach(async () => {
      await Promise.all([before, after].map((server) => server.ask('FLUSHALL')))
      // The second server was the replica of the first: it has what that one had.
      for (const [at, { store: each }] of stores.entries()) {
        await each.create('a', recordOf('a'), { ttl: HOUR })
        await each.create('where', recordOf('where', { data: String(at) }), { ttl: HOUR })
      }
      ;[clientsWay, feedsWay] = [await startTcpProxy(before.port), await startTcpProxy(before.port)]
      split = await openSplit(clientsWay.port, feedsWay.port)
      store = new RedisSessionStore(split.client, { cache: { maxEntries: 10 } })
      await held('a')
    })
    afterEach(async () => {
      store.dispose()
      await split.close()
      await Promise.all([clientsWay.close(), feedsWay.close()])
    })
    afterAll(async () => {
      await Promise.all(stores.map(({ direct }) => direct.close()))
      await Promise.all([before, after].map((server) => server.stop()))
    })

    async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
      const deadline = performance.now() + 5_000
      while (!(await holds())) {
        if (performance.now() > deadline) throw new Error('Not so within 5 s.')
        await delay(5)
      }
    }

    /** Whether a record is given out without asking Redis. What fails for want of a server is nothing to these tests. */
    function isHeld(id: string): boolean {
      const given = store.get(id)
      if (!(given instanceof Promise)) return true
      given.catch(() => {})
      return false
    }

    async function held(id: string): Promise<void> {
      await until(async () => {
        await store.get(id)
        return isHeld(id)
      })
    }

    const servedBySecond = async (): Promise<boolean> => (await store.get('where'))?.data === '1'

    /** Lets the client lose its connection, and come back by an address that leads to the second server. */
    async function moveClient(): Promise<void> {
      clientsWay.leadTo(after.port)
      clientsWay.set({ kind: 'refuse' })
      clientsWay.set({ kind: 'pass' })
      await until(servedBySecond)
    }

    /** Breaks the connection there is. The next one is opened, and nothing comes through. */
    async function cutThenHold(way: TcpProxy): Promise<void> {
      way.set({ kind: 'refuse' })
      way.set({ kind: 'blackhole' })
      const { connections } = way
      await until(() => way.connections > connections)
    }

    async function feedsAt(server: RedisServer): Promise<number> {
      return String(await server.ask('CLIENT', 'LIST')).match(/flags=\w*B/g)?.length ?? 0
    }

    test('is told by that one what has ended, though the first lives on [P4]', async () => {
      feedsWay.leadTo(after.port)
      await moveClient()
      await held('a')
      await stores[1]?.store.destroy('a')
      await until(async () => (await store.get('a')) === null)
    })

    test('is told so also when its feed had come back sooner, and to the first [P4]', async () => {
      clientsWay.leadTo(after.port)
      await cutThenHold(clientsWay)
      await cutThenHold(feedsWay)
      feedsWay.set({ kind: 'pass' })
      await until(async () => (await feedsAt(before)) === 1)
      feedsWay.leadTo(after.port)
      clientsWay.set({ kind: 'pass' })
      await until(servedBySecond)
      await held('a')
      await stores[1]?.store.destroy('a')
      await until(async () => (await store.get('a')) === null)
      await until(async () => (await feedsAt(before)) === 0)
    })

    test('is given nothing that the first told of while it is on its way', async () => {
      clientsWay.set({ kind: 'refuse' })
      await until(() => !isHeld('a'))
    })

    test('holds again what it reads when it comes back to the first', async () => {
      clientsWay.set({ kind: 'refuse' })
      await until(() => !isHeld('a'))
      clientsWay.set({ kind: 'pass' })
      await held('a')
      await stores[0]?.store.destroy('a')
      await until(async () => (await store.get('a')) === null)
      await until(async () => (await feedsAt(before)) === 1)
    })

    test('is not listened to when the store is closed, and never for its errors', async () => {
      const heard = split.listeners()
      store.dispose()
      const { connections } = feedsWay
      await moveClient()
      expect(feedsWay.connections).toBe(connections)
      const fresh = await openSplit(clientsWay.port, feedsWay.port)
      expect(split.listeners()).toEqual(fresh.listeners())
      expect(heard).toMatchObject({ error: fresh.listeners().error })
      expect(Object.keys(heard).length).toBeGreaterThan(Object.keys(fresh.listeners()).length)
      await fresh.close()
    })
  },
)

test('a feed of node-redis lets no other socket be put in the place of its own, where nothing would be told', async () => {
  const server = await startRedis()
  const client = createClient({ url: server.url })
  const asked: object[] = []
  const duplicate = client.duplicate.bind(client)
  Object.assign(client, {
    duplicate: (overrides: object) => {
      asked.push(overrides)
      return duplicate(overrides)
    },
  })
  await client.connect()
  const store = new RedisSessionStore(client, { cache: { maxEntries: 10 } })
  await store.get('a')
  // Redis Enterprise has the driver do so before maintenance (MOVING), when it is not told to leave that.
  expect(asked).toEqual([expect.objectContaining({ maintNotifications: 'disabled' })])
  store.dispose()
  client.destroy()
  await server.stop()
})
