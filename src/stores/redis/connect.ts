import { ConfigError } from '../../core/errors.ts'
import { throughBun } from './bun.ts'
import type {
  BunRedisClient,
  IoRedisClient,
  IoRedisCluster,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  RedisClient,
  RedisRestDatabase,
} from './client.ts'
import type { RedisCommands } from './commands.ts'
import { throughIoRedis, throughIoRedisCluster } from './ioredis.ts'
import { throughClient, throughCluster, throughSentinel } from './node-redis.ts'
import { throughRest } from './rest.ts'

function can(client: unknown, ability: string): client is Record<string, unknown> {
  return typeof client === 'object' && client !== null && ability in client
}

// `call` comes first: an ioredis client has a `sendCommand` too, but it takes a command object.
function isIoRedis(client: RedisClient): client is IoRedisClient | IoRedisCluster {
  return can(client, 'call') && can(client, 'options')
}

function isIoRedisCluster(client: IoRedisClient | IoRedisCluster): client is IoRedisCluster {
  return can(client, 'nodes')
}

function isNodeRedis(client: RedisClient): client is NodeRedisClient | NodeRedisCluster | NodeRedisSentinel {
  return can(client, 'sendCommand') && can(client, 'isOpen')
}

function isNodeRedisCluster(client: RedisClient): client is NodeRedisCluster {
  return can(client, 'masters') && can(client, 'nodeClient')
}

function isNodeRedisSentinel(client: RedisClient): client is NodeRedisSentinel {
  return can(client, 'getMasterNode')
}

function isBunRedis(client: RedisClient): client is BunRedisClient {
  return can(client, 'send') && can(client, 'connect') && can(client, 'connected')
}

// One of them is enough: what is wrong with the other, the check of both says.
function isRestDatabase(client: RedisClient): client is RedisRestDatabase {
  return can(client, 'url') || can(client, 'token')
}

/**
 * Finds out by its abilities which driver a client is from and what it talks to.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` when it is no client of node-redis, ioredis or Bun, nor the `{ url, token }` of a database.
 */
export function connect(client: RedisClient): RedisCommands {
  if (isIoRedis(client))
    return isIoRedisCluster(client) ? throughIoRedisCluster(client) : throughIoRedis(client)
  if (isNodeRedis(client)) {
    if (isNodeRedisCluster(client)) return throughCluster(client)
    return isNodeRedisSentinel(client) ? throughSentinel(client) : throughClient(client)
  }
  if (isBunRedis(client)) return throughBun(client)
  if (isRestDatabase(client)) return throughRest(client)
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `RedisSessionStore takes a client of node-redis (createClient, createCluster, createSentinel), ioredis (new Redis, new Cluster) or Bun (new RedisClient) as its first argument, and was given ${typeof client === 'object' ? 'another object' : `a value of type ${typeof client}`}. An address is not enough: make the client, connect it, and pass it in. For Upstash or Vercel KV over HTTP give { url: process.env.UPSTASH_REDIS_REST_URL, token: process.env.UPSTASH_REDIS_REST_TOKEN }, and not a client of @upstash/redis or @vercel/kv.`,
  )
}
