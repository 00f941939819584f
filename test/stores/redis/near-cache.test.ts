import { setTimeout as delay } from 'node:timers/promises'
import { Cluster, Redis } from 'ioredis'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { FeedClient } from '../../../src/stores/redis/feed-beside.ts'
import {
  type IoRedisClient,
  type NodeRedisClient,
  type RedisClient,
  RedisSessionStore,
} from '../../../src/stores/redis.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { commandsDuring } from '../../servers/redis-monitor.ts'
import { startTcpProxy, type TcpProxy } from '../../servers/tcp-proxy.ts'
import { type OpenClient, openIoRedis, openNodeRedis } from './clients.ts'
import { HOUR, recordOf, touchNow } from './records.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

/** Polls until it holds, for so many milliseconds at most. */
async function until(holds: () => Promise<boolean>, bound = 2_000): Promise<void> {
  const deadline = performance.now() + bound
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Not so within ${bound} ms.`)
    await delay(5)
  }
}

/** Reads a session until that costs nothing: the feed is open, and the session is held. */
async function hold(store: RedisSessionStore, id: string): Promise<void> {
  await until(async () => {
    await store.get(id)
    return (await commandsDuring(server, () => store.get(id))).length === 0
  })
}

describe.each(Object.entries({ 'node-redis': openNodeRedis, ioredis: openIoRedis }))(
  'the near-cache, with %s',
  (_name, open) => {
    let client: OpenClient
    let other: OpenClient
    let elsewhere: RedisSessionStore
    let store: RedisSessionStore

    beforeAll(async () => {
      client = await open(server)
      other = await open(server)
      elsewhere = new RedisSessionStore(other.client)
    })
    beforeEach(async () => {
      await server.ask('FLUSHALL')
      store = new RedisSessionStore(client.client, { cache: { maxEntries: 2 } })
      for (const id of ['a', 'b', 'c']) await store.create(id, recordOf(id, { user: 'ann' }), { ttl: HOUR })
      await hold(store, 'a')
    })
    afterEach(() => store.dispose())
    afterAll(() => Promise.all([client.close(), other.close()]))

    const commandsOf = async (work: () => unknown): Promise<string[]> =>
      (await commandsDuring(server, work)).map(({ name }) => name)

    test('a record it holds costs no command and no promise', async () => {
      expect(await commandsOf(() => store.get('b'))).toEqual(['GET', 'PTTL'])
      expect(
        await commandsOf(() => {
          for (let i = 0; i < 100; i++) expect(store.get('b')).toMatchObject({ id: 'b', revision: 1 })
        }),
      ).toEqual([])
    })

    test('what is given out can be changed without changing what is held', async () => {
      Object.assign((await store.get('a')) ?? {}, { data: 'changed' })
      expect(await store.get('a')).toMatchObject({ data: recordOf('a').data })
    })

    test.each([
      ['changes', () => elsewhere.replace('a', recordOf('a', { revision: 2 }), { ttl: HOUR, revision: 1 })],
      ['touches', () => elsewhere.touch('a', touchNow(HOUR * 2))],
      ['destroys', () => elsewhere.destroy('a')],
      ['revokes', () => elsewhere.destroyByUser('ann')],
      ['overwrites', () => elsewhere.set('a', recordOf('a', { revision: 9 }), { ttl: HOUR })],
    ])('what another process %s is not given out any more [P4]', async (_verb, change) => {
      const before = await store.get('a')
      await change()
      const after = await elsewhere.get('a')
      expect(after).not.toEqual(before)
      await until(async () => JSON.stringify(await store.get('a')) === JSON.stringify(after))
    })

    test('what has expired is not given out, though nobody told', async () => {
      await store.set('a', recordOf('a'), { ttl: 50 })
      expect(await store.get('a')).not.toBeNull()
      await delay(55)
      expect(await store.get('a')).toBeNull()
    })

    test('of more records than it may hold, the one used last stays', async () => {
      for (const id of ['a', 'b', 'a', 'c']) await store.get(id)
      expect(await commandsOf(() => store.get('a'))).toEqual([])
      expect(await commandsOf(() => store.get('c'))).toEqual([])
      expect(await commandsOf(() => store.get('b'))).toEqual(['GET', 'PTTL'])
    })

    test('after a FLUSHALL nothing is given out', async () => {
      await server.ask('FLUSHALL')
      await until(async () => (await store.get('a')) === null)
    })
  },
)

type Direct = Pick<NodeRedisClient, 'sendCommand'>

/** What a client says of a connection that is never lost. */
const SAYS_NOTHING = { on: () => {}, off: () => {} }

/** Clients whose commands go straight to the server, and only whose feed goes through a proxy. */
const SPLIT = {
  'node-redis': (direct: Direct, port: number): NodeRedisClient & FeedClient & { isPubSubActive: false } => ({
    ...SAYS_NOTHING,
    isOpen: true,
    isPubSubActive: false,
    sendCommand: (args: string[]) => direct.sendCommand(args),
    duplicate: (overrides: object) =>
      createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: () => 10 }, ...overrides }),
  }),
  ioredis: (direct: Direct, port: number): IoRedisClient & FeedClient => ({
    ...SAYS_NOTHING,
    options: {},
    call: (command: string, args: string[]) => direct.sendCommand([command, ...args]),
    duplicate: (overrides: object) =>
      new Redis({ host: '127.0.0.1', port, retryStrategy: () => 10, ...overrides }),
  }),
}

describe.each(Object.entries(SPLIT))('a broken feed, with %s', (_name, split) => {
  let proxy: TcpProxy
  let direct: ReturnType<typeof createClient>
  let store: RedisSessionStore
  let elsewhere: RedisSessionStore

  beforeEach(async () => {
    await server.ask('FLUSHALL')
    proxy = await startTcpProxy(server.port)
    direct = createClient({ url: server.url })
    await direct.connect()
    elsewhere = new RedisSessionStore(direct)
    store = new RedisSessionStore(split(direct, proxy.port), { cache: { maxEntries: 10 } })
    await store.create('a', recordOf('a'), { ttl: HOUR })
    await hold(store, 'a')
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    store.dispose()
    direct.destroy()
    await proxy.close()
  })

  test('that is closed leaves an empty cache, not a stale one, and fills again when it is back', async () => {
    proxy.set({ kind: 'refuse' })
    // Well before a silent connection would be mistrusted.
    await until(async () => (await commandsDuring(server, () => store.get('a'))).length > 0, 500)
    await elsewhere.replace('a', recordOf('a', { revision: 2 }), { ttl: HOUR, revision: 1 })
    expect(await store.get('a')).toMatchObject({ revision: 2 })
    proxy.set({ kind: 'pass' })
    await hold(store, 'a')
  })

  test('that is slow does not keep this process from seeing its own writes', async () => {
    proxy.set({ kind: 'delay', ms: 200 })
    await store.replace('a', recordOf('a', { revision: 2 }), { ttl: HOUR, revision: 1 })
    expect(await store.get('a')).toMatchObject({ revision: 2 })
    await store.set('a', recordOf('a', { revision: 3 }), { ttl: HOUR })
    expect(await store.get('a')).toMatchObject({ revision: 3 })
    await store.destroy('a')
    expect(await store.get('a')).toBeNull()
  })

  test('that is silent is not trusted for longer than two seconds', async () => {
    proxy.set({ kind: 'blackhole' })
    await elsewhere.replace('a', recordOf('a', { revision: 2 }), { ttl: HOUR, revision: 1 })
    const started = performance.now()
    const now = vi.spyOn(performance, 'now')
    now.mockReturnValue(started + 1_500)
    expect(await store.get('a')).toMatchObject({ revision: 1 }) // the word is on its way, and a ping goes out
    now.mockReturnValue(started + 2_500)
    expect(await store.get('a')).toMatchObject({ revision: 2 })
  })

  test('that is silent is not trusted behind a sleep of the machine, in which the clock of the process stands still', async () => {
    proxy.set({ kind: 'blackhole' })
    await elsewhere.replace('a', recordOf('a', { revision: 2 }), { ttl: HOUR, revision: 1 })
    vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    const awake = Date.now()
    const time = vi.spyOn(Date, 'now').mockReturnValue(awake)
    expect(await store.get('a')).toMatchObject({ revision: 1 }) // the word is on its way
    time.mockReturnValue(awake + 6_000)
    expect(await store.get('a')).toMatchObject({ revision: 2 })
    time.mockReturnValue(awake - HOUR)
    expect(await store.get('a')).toMatchObject({ revision: 2 })
  })
})

test('a load that a change overtakes is not kept', async () => {
  const proxy = await startTcpProxy(server.port)
  const client = await openNodeRedis(proxy)
  const direct = await openNodeRedis(server)
  const store = new RedisSessionStore(client.client, { cache: { maxEntries: 10 } })
  const elsewhere = new RedisSessionStore(direct.client)
  for (const id of ['a', 'b']) await elsewhere.set(id, recordOf(id), { ttl: HOUR })
  await hold(store, 'b')
  proxy.set({ kind: 'delay', ms: 100 })
  const loading = store.get('a')
  await delay(20) // the server has answered with the old record, which is on its way
  proxy.set({ kind: 'pass' })
  await elsewhere.replace('a', recordOf('a', { revision: 2 }), { ttl: HOUR, revision: 1 })
  expect(await loading).toMatchObject({ revision: 1 })
  expect(await store.get('a')).toMatchObject({ revision: 2 })
  store.dispose()
  await Promise.all([client.close(), direct.close(), proxy.close()])
})

test('a load from before the feed was open is not kept', async () => {
  const [commands, feed] = [await startTcpProxy(server.port), await startTcpProxy(server.port)]
  const slow = createClient({ socket: { host: '127.0.0.1', port: commands.port } })
  await slow.connect()
  const direct = await openNodeRedis(server)
  const elsewhere = new RedisSessionStore(direct.client)
  const store = new RedisSessionStore(SPLIT['node-redis'](slow, feed.port), { cache: { maxEntries: 10 } })
  await elsewhere.set('a', recordOf('a'), { ttl: HOUR })
  feed.set({ kind: 'blackhole' })
  commands.set({ kind: 'delay', ms: 300 })
  const loading = store.get('a')
  await delay(20) // the server has answered with the old record, which is on its way
  await elsewhere.replace('a', recordOf('a', { revision: 2 }), { ttl: HOUR, revision: 1 })
  feed.set({ kind: 'pass' })
  await until(async () => /flags=\w*B/.test(String(await server.ask('CLIENT', 'LIST')))) // it is told of changes now
  expect(await loading).toMatchObject({ revision: 1 })
  expect(await store.get('a')).toMatchObject({ revision: 2 })
  store.dispose()
  slow.destroy()
  await Promise.all([direct.close(), commands.close(), feed.close()])
})

describe('where the near-cache cannot work', () => {
  const nowhere = { host: '127.0.0.1', port: 1, lazyConnect: true }
  const clients: [string, RedisClient][] = [
    ['a node-redis cluster', createCluster({ rootNodes: [] })],
    ['node-redis with Sentinel', createSentinel({ name: 'x', sentinelRootNodes: [nowhere] })],
    ['a node-redis pool', createClientPool()],
    ['an ioredis cluster', new Cluster([nowhere], { lazyConnect: true })],
    ['ioredis with Sentinel', new Redis({ name: 'x', sentinels: [nowhere], lazyConnect: true })],
  ]
  test.each(clients)('%s is refused', (_name, client) => {
    expect(() => new RedisSessionStore(client, { cache: { maxEntries: 5 } })).toThrow(
      expect.objectContaining({ code: 'ERR_STORE_UNSUPPORTED' }),
    )
  })

  test.each([0, 1.5, 2_000_000, Number.NaN])('maxEntries %d is refused', (maxEntries) => {
    expect(() => new RedisSessionStore(createClient(), { cache: { maxEntries } })).toThrow(
      /cache\.maxEntries/,
    )
  })

  test('the permissions that docs/stores/redis.md names are enough', async () => {
    const permissions = '+@connection +get +set +pttl +eval +evalsha +subscribe &__redis__:invalidate'.split(
      ' ',
    )
    await server.ask('ACL', 'SETUSER', 'just', 'on', '>secret', '~coatcheck:*', ...permissions)
    const login = { username: 'just', password: 'secret' }
    const nodeRedis = createClient({ url: server.url, ...login })
    const ioRedis = new Redis({ host: '127.0.0.1', port: server.port, enableReadyCheck: false, ...login })
    await nodeRedis.connect()
    for (const client of [nodeRedis, ioRedis]) {
      const store = new RedisSessionStore(client, { cache: { maxEntries: 5 } })
      await store.set('a', recordOf('a'), { ttl: HOUR })
      await hold(store, 'a')
      store.dispose()
    }
    nodeRedis.destroy()
    ioRedis.disconnect()
  })

  test('a server that refuses CLIENT TRACKING is named, with the permission to give', async () => {
    await server.ask('ACL', 'SETUSER', 'plain', 'on', '>secret', '~*', '+@all', '-client|tracking')
    const client = createClient({ url: server.url, username: 'plain', password: 'secret' })
    await client.connect()
    const store = new RedisSessionStore(client, { cache: { maxEntries: 5 } })
    let thrown: unknown
    await until(async () => {
      try {
        await store.get('a')
      } catch (error) {
        thrown = error
      }
      return thrown !== undefined
    })
    expect(thrown).toMatchObject({
      code: 'ERR_STORE_UNSUPPORTED',
      message: expect.stringMatching(/\+client/),
    })
    store.dispose()
    client.destroy()
  })
})
