import type { NodeRedisClient, NodeRedisCluster, NodeRedisSentinel } from './client.ts'
import { allMasters } from './cluster-masters.ts'
import type { RedisCommands } from './commands.ts'
import { textOf } from './commands.ts'
import type { CommandPart } from './covered-text.ts'
import { nodeRedisFeed } from './node-redis-feed.ts'

// Raw commands throughout: `client.get()` may be answered by node-redis's own client-side cache or, in a
// Cluster with `useReplicas`, by a replica, and both can give a session that is destroyed already.

/** Speaks through a client made with `createClient` or `createClientPool`. */
export function throughClient(client: NodeRedisClient): RedisCommands {
  return {
    sentPrefix: textOf(client._keyPrefix) ?? '',
    driverPrefix: '',
    send: (_key, command) => client.sendCommand(command),
    nodes: async () => [{ address: '', send: (command) => client.sendCommand(command) }],
    openFeed: nodeRedisFeed(client),
  }
}

/** Speaks through a client made with `createSentinel`. */
export function throughSentinel(client: NodeRedisSentinel): RedisCommands {
  const send = (command: CommandPart[]): Promise<unknown> => client.sendCommand(false, command)
  return {
    sentPrefix: textOf(client._keyPrefix) ?? '',
    driverPrefix: '',
    send: (_key, command) => send(command),
    nodes: async () => [{ address: '', send }],
  }
}

/** Speaks through a client made with `createCluster`. */
export function throughCluster(client: NodeRedisCluster): RedisCommands {
  return {
    sentPrefix: textOf(client._keyPrefix) ?? '',
    driverPrefix: '',
    send: (key, command) => client.sendCommand(key, false, command),
    nodes: async () =>
      allMasters(
        client.masters.map((master) => ({
          address: master.address,
          send: async (command) => (await client.nodeClient(master)).sendCommand(command),
        })),
      ),
  }
}
