import { ConfigError } from '../../core/errors.ts'
import type { IoRedisClient, IoRedisCluster } from './client.ts'
import type { RedisCommands } from './commands.ts'
import { ioRedisFeed } from './ioredis-feed.ts'

function call(client: IoRedisClient | IoRedisCluster, command: string[]): Promise<unknown> {
  const [name = '', ...args] = command
  // ioredis looks up where a command's keys are by its name in small letters.
  return client.call(name.toLowerCase(), args)
}

/**
 * Speaks through an ioredis `Redis`, standalone or with Sentinel.
 * @throws {ConfigError} `ERR_STORE_UNSUPPORTED` when it is told to talk to replicas.
 */
export function throughIoRedis(client: IoRedisClient): RedisCommands {
  if (client.options.role === 'slave') {
    throw new ConfigError(
      'ERR_STORE_UNSUPPORTED',
      "RedisSessionStore was given an ioredis client with role: 'slave'. Replicas refuse writes and answer late: use a client without the option 'role'.",
    )
  }
  return {
    sentPrefix: '',
    driverPrefix: client.options.keyPrefix ?? '',
    send: (_key, command) => call(client, command),
    nodes: async () => [{ address: '', send: (command) => call(client, command) }],
    openFeed: ioRedisFeed(client),
  }
}

/**
 * Speaks through an ioredis `Cluster`.
 * @throws {ConfigError} `ERR_STORE_UNSUPPORTED` when it reads from replicas.
 */
export function throughIoRedisCluster(client: IoRedisCluster): RedisCommands {
  const { scaleReads } = client.options
  if (scaleReads !== undefined && scaleReads !== 'master') {
    throw new ConfigError(
      'ERR_STORE_UNSUPPORTED',
      "RedisSessionStore was given an ioredis Cluster that reads from replicas (scaleReads). A replica may still hold a session that is destroyed: use a Cluster with scaleReads: 'master'.",
    )
  }
  return {
    sentPrefix: '',
    driverPrefix: client.options.keyPrefix ?? '',
    send: (_key, command) => call(client, command), // ioredis finds the key in the command by itself
    nodes: async () =>
      client
        .nodes('master')
        .map((node) => ({
          address: `${node.options.host}:${node.options.port}`,
          send: (command: string[]) => call(node, command),
        }))
        .toSorted((a, b) => (a.address < b.address ? -1 : 1)),
  }
}
