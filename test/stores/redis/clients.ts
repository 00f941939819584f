import { Cluster, Redis } from 'ioredis'
import { Redis as Valkey } from 'iovalkey'
import { createClient, createCluster, createSentinel } from 'redis'
import type { RedisClient } from '../../../src/stores/redis.ts'
import type { RedisCluster } from '../../servers/redis-cluster.ts'
import type { GlobalRedis } from '../../servers/redis-global.ts'
import { startRedisRest } from '../../servers/redis-rest.ts'
import type { RedisSentinelSet } from '../../servers/redis-sentinel.ts'
import { startBun } from '../bun/start-bun.ts'

/** A client of a real driver, connected, and the way to close it. */
export interface OpenClient {
  client: RedisClient
  close(): Promise<void>
}

/** Where a server, or a proxy before one, listens. */
interface Listening {
  port: number
}

// Both drivers throw what happens on the connection at whoever does not listen. The tests look at what the
// store says instead.
const ignore = (): void => {}

/** A node-redis client of one server. */
export async function openNodeRedis({ port }: Listening): Promise<OpenClient> {
  const client = createClient({ socket: { host: '127.0.0.1', port } })
  client.on('error', ignore)
  await client.connect()
  return { client, close: async () => client.destroy() }
}

/** An ioredis client of one server. */
export async function openIoRedis({ port }: Listening): Promise<OpenClient> {
  const client = new Redis({ host: '127.0.0.1', port, lazyConnect: true })
  client.on('error', ignore)
  await client.connect()
  return { client, close: async () => client.disconnect() }
}

/** A client of iovalkey, which came from ioredis, of one server. */
export async function openIoValkey({ port }: Listening): Promise<OpenClient> {
  const client = new Valkey({ host: '127.0.0.1', port, lazyConnect: true })
  client.on('error', ignore)
  await client.connect()
  return { client, close: async () => client.disconnect() }
}

/** The REST interface in front of one server. There is no client: its address and token are all. */
export async function openRest(server: Listening): Promise<OpenClient> {
  const { url, token, close } = await startRedisRest(server)
  return { client: { url, token }, close }
}

/** The REST interface to a database whose reads are answered by a replica. */
export async function openGlobalRest(database: GlobalRedis): Promise<OpenClient> {
  const { url, token, close } = await database.openRest()
  return { client: { url, token }, close }
}

/**
 * A `RedisClient` of Bun, in a process of its own: what the store asks of it is done over there.
 * @param onSend - Hears of each command before it is sent.
 */
export async function openBunRedis(
  { port }: Listening,
  onSend: (command: string, args: string[]) => void = () => {},
): Promise<OpenClient> {
  const bun = startBun()
  const { client } = bun.open('redis', `redis://127.0.0.1:${port}`)
  await client('connect')
  return {
    client: {
      connected: true,
      connect: () => client('connect'),
      send: (command, args) => {
        onSend(command, args)
        return client('send', command, args)
      },
    },
    close: () => bun.stop(),
  }
}

/** The drivers of one server. */
export const DRIVERS: Readonly<Record<string, (server: Listening) => Promise<OpenClient>>> = {
  'node-redis': openNodeRedis,
  ioredis: openIoRedis,
  Bun: openBunRedis,
}

/** A node-redis client of a Cluster. */
export async function openNodeRedisCluster({ nodes }: RedisCluster): Promise<OpenClient> {
  const client = createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) })
  client.on('error', ignore)
  await client.connect()
  return { client, close: async () => client.destroy() }
}

/** An ioredis client of a Cluster. */
export async function openIoRedisCluster({ nodes }: RedisCluster): Promise<OpenClient> {
  const client = new Cluster(
    nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    { lazyConnect: true, clusterNodeRetryStrategy: () => 50 },
  )
  client.on('error', ignore)
  await client.connect()
  return { client, close: async () => client.disconnect() }
}

/** A node-redis client that asks sentinels for the master. */
export async function openNodeRedisSentinel({ name, sentinels }: RedisSentinelSet): Promise<OpenClient> {
  const client = createSentinel({ name, sentinelRootNodes: [...sentinels] })
  client.on('error', ignore)
  await client.connect()
  return { client, close: () => client.destroy() }
}

/** An ioredis client that asks sentinels for the master. */
export async function openIoRedisSentinel({ name, sentinels }: RedisSentinelSet): Promise<OpenClient> {
  const client = new Redis({ name, sentinels: [...sentinels], lazyConnect: true })
  client.on('error', ignore)
  await client.connect()
  return { client, close: async () => client.disconnect() }
}
