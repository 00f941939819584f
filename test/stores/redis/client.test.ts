import { Cluster, Redis } from 'ioredis'
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisClient, RedisSessionStore } from '../../../src/stores/redis.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { recordOf, touchNow } from './records.ts'

const NOWHERE = { host: '127.0.0.1', port: 1, lazyConnect: true }

describe('the clients the store takes', () => {
  // Also a test of types: every client is given as its driver types it, and `tsc` checks it.
  const clients: [string, RedisClient][] = [
    ['node-redis', createClient()],
    ['node-redis on RESP2', createClient({ RESP: 2 })],
    [
      'node-redis with a type mapping',
      createClient({ commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } }),
    ],
    ['a node-redis pool', createClientPool()],
    ['a node-redis cluster', createCluster({ rootNodes: [] })],
    ['node-redis with Sentinel', createSentinel({ name: 'x', sentinelRootNodes: [NOWHERE] })],
    ['ioredis', new Redis(NOWHERE)],
    ['ioredis with RESP3 replies', new Redis({ ...NOWHERE, replyMapping: 'resp3' })],
    ['ioredis with Sentinel', new Redis({ name: 'x', sentinels: [NOWHERE], lazyConnect: true })],
    ['an ioredis cluster', new Cluster([NOWHERE], { lazyConnect: true })],
    ['a database over HTTP', { url: 'https://redis.invalid', token: 'AXyz' }],
  ]

  test.each(clients)('%s is taken, and nothing is sent to it yet', (_name, client) => {
    expect(() => new RedisSessionStore(client)).not.toThrow()
  })

  test('anything else does not compile, and throws where nobody compiles', () => {
    // @ts-expect-error an address is no client
    expect(() => new RedisSessionStore('redis://127.0.0.1')).toThrow(/was given a value of type string/)
    // @ts-expect-error nor is a map
    expect(() => new RedisSessionStore(new Map())).toThrow(/make the client, connect it, and pass it in/)
    // @ts-expect-error nor is nothing
    expect(() => new RedisSessionStore(undefined)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }),
    )
  })

  test('a client that reads from replicas is refused: they may still hold what is destroyed [P4]', () => {
    const scaled = new Cluster([NOWHERE], { lazyConnect: true, scaleReads: 'slave' })
    const replica = new Redis({ name: 'x', sentinels: [NOWHERE], role: 'slave', lazyConnect: true })
    for (const client of [scaled, replica]) {
      expect(() => new RedisSessionStore(client)).toThrow(
        expect.objectContaining({ code: 'ERR_STORE_UNSUPPORTED' }),
      )
    }
  })
})

describe('the options', () => {
  test.each([[''], ['x'.repeat(101)], [5], [null]])('the prefix %j throws', (prefix) => {
    // @ts-expect-error some of them are no text
    expect(() => new RedisSessionStore(createClient(), { prefix })).toThrow(
      /the option prefix cannot be used/,
    )
  })

  test('an unknown option throws and names itself', () => {
    // @ts-expect-error a word of another library
    expect(() => new RedisSessionStore(createClient(), { ttl: 5 })).toThrow(/has no option ttl/)
  })
})

describe('keys', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  const at = (): { host: string; port: number } => ({ host: '127.0.0.1', port: server.port })

  async function useOnce(client: RedisClient, prefix?: string): Promise<RedisSessionStore> {
    await server.ask('FLUSHALL')
    const store = new RedisSessionStore(client, prefix === undefined ? {} : { prefix })
    await store.create('id-1', recordOf('id-1', { user: 'ann' }), { ttl: 60_000 })
    await store.touch('id-1', touchNow())
    return store
  }

  async function keys(): Promise<unknown[]> {
    const reply = await server.ask('KEYS', '*')
    return Array.isArray(reply) ? reply.toSorted() : []
  }

  test('they begin with the prefix, which may hold what patterns are made of', async () => {
    const client = createClient({ socket: at() })
    await client.connect()
    await useOnce(client)
    expect(await keys()).toEqual(['coatcheck:session:id-1', 'coatcheck:user:ann'])
    const store = await useOnce(client, 'a*[b]?\\c:')
    expect(await keys()).toEqual(['a*[b]?\\c:session:id-1', 'a*[b]?\\c:user:ann'])
    await client.set('axb?xc:session:other', 'not ours')
    expect(await store.count()).toBe(1)
    expect((await store.entries()).records).toHaveLength(1)
    client.destroy()
  })

  test("a driver's own keyPrefix comes before it, the same with both drivers", async () => {
    const nodeRedis = createClient({ socket: at(), keyPrefix: 'app:' })
    const ioRedis = new Redis({ ...at(), keyPrefix: 'app:' })
    await nodeRedis.connect()
    for (const client of [nodeRedis, ioRedis]) {
      const store = await useOnce(client)
      expect(await keys()).toEqual(['app:coatcheck:session:id-1', 'app:coatcheck:user:ann'])
      expect(await store.count()).toBe(1)
      expect((await store.entries()).records).toHaveLength(1)
      expect(await store.destroyByUser('ann')).toBe(1)
    }
    nodeRedis.destroy()
    ioRedis.disconnect()
  })

  test('a client that gives buffers and one on RESP2 work like any other', async () => {
    const options = { commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } }
    for (const client of [
      createClient({ socket: at(), ...options }),
      createClient({ socket: at(), RESP: 2 }),
    ]) {
      await client.connect()
      const store = await useOnce(client)
      expect(await store.get('id-1')).toMatchObject({ id: 'id-1', user: 'ann' })
      expect(await store.listByUser('ann')).toHaveLength(1)
      expect((await store.entries()).records).toHaveLength(1)
      client.destroy()
    }
  })
})
