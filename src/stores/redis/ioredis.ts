import { ConfigError } from '../../core/errors.ts'
import type { IoRedisClient, IoRedisCluster } from './client.ts'
import { allMasters, hasAll } from './cluster-masters.ts'
import type { RedisCommands, RedisNode } from './commands.ts'
import type { CommandPart } from './covered-text.ts'
import { ioRedisFeed } from './ioredis-feed.ts'

function call(client: IoRedisClient | IoRedisCluster, command: CommandPart[]): Promise<unknown> {
  const [name = '', ...args] = command
  // ioredis looks up where a command's keys are by its name in small letters.
  return client.call(String(name).toLowerCase(), args)
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
    nodes: async () => {
      if (!hasAll(mastersOf(client), ownersOf(client))) await completeMasters(client)
      return allMasters(mastersOf(client), ownersOf(client))
    },
  }
}

/**
 * Waits until the driver is connected, which any command does or says what is in its way. Then has it look who holds slots:
 * by itself it leaves a node that it has lost out until somebody asks for what is there.
 */
async function completeMasters(client: IoRedisCluster): Promise<void> {
  await call(client, ['TIME'])
  await new Promise<void>((resolve) => client.refreshSlotsCache(() => resolve()))
}

function mastersOf(client: IoRedisCluster): RedisNode[] {
  return client.nodes('master').map((node) => ({
    address: `${node.options.host}:${node.options.port}`,
    send: (command) => call(node, command),
  }))
}

/** Who holds slots, as far as the driver knows. */
function ownersOf(client: IoRedisCluster): string[] {
  const ranges = new Set(client.slots) // the slots of one range are one array
  return [...new Set([...ranges].flatMap((nodes) => nodes?.[0] ?? []))]
}
