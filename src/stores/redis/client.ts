import type { CommandPart } from './covered-text.ts'

/** What all clients of node-redis have. */
interface NodeRedis {
  /** Whether `connect()` was called, and neither `close()` nor `destroy()` since. */
  readonly isOpen: boolean
  /** What the client puts before keys, in every command but raw ones. */
  readonly _keyPrefix?: string | Uint8Array | undefined
}

/** What the store needs of a node-redis client made with `createClient` or `createClientPool`. */
export interface NodeRedisClient extends NodeRedis {
  /** Sends one command as it is. */
  sendCommand(args: readonly CommandPart[]): Promise<unknown>
}

/** What the store needs of a node-redis client made with `createCluster`. */
export interface NodeRedisCluster extends NodeRedis {
  /** The masters, by the topology as last seen. */
  readonly masters: readonly ClusterMaster[]
  /** Gives the connection to one node. */
  nodeClient(master: ClusterMaster): NodeRedisClient | Promise<NodeRedisClient>
  /** Sends one command to the node of a key. */
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean | undefined,
    args: readonly CommandPart[],
  ): Promise<unknown>
}

/** One master of a node-redis cluster. */
export interface ClusterMaster {
  /** `host:port`. */
  readonly address: string
}

/** What the store needs of a node-redis client made with `createSentinel`. */
export interface NodeRedisSentinel extends NodeRedis {
  /** Gives the master as the sentinels last named it. Only tells this client from others: never called. */
  getMasterNode(): unknown
  /** Sends one command; to the master, unless it is marked as one that reads only. */
  sendCommand(isReadonly: boolean | undefined, args: readonly CommandPart[]): Promise<unknown>
}

/** What all clients of ioredis have. */
interface IoRedis {
  /** Sends one command. */
  call(command: string, args: (CommandPart | number)[]): Promise<unknown>
}

/** What the store needs of an ioredis `Redis`, standalone or with Sentinel. */
export interface IoRedisClient extends IoRedis {
  /** The options the client was made with. */
  readonly options: {
    keyPrefix?: string | undefined
    role?: string | undefined
    sentinels?: unknown
    host?: string | undefined
    port?: number | undefined
  }
}

/** What the store needs of an ioredis `Cluster`. */
export interface IoRedisCluster extends IoRedis {
  /** The options the client was made with. */
  readonly options: { keyPrefix?: string | undefined; scaleReads?: unknown }
  /** The nodes of each slot, by the topology as last seen: the address of its master first. */
  readonly slots: ReadonlyArray<readonly string[] | undefined>
  /** Gives the connections to all nodes of one role. */
  nodes(role: 'master'): IoRedisClient[]
  /** Asks the Cluster which nodes hold slots, and tells when it has. */
  refreshSlotsCache(callback: () => void): void
}

/** What the store needs of a `RedisClient` of Bun. */
export interface BunRedisClient {
  /** Whether it is connected. Only tells this client from others: never asked. */
  readonly connected: boolean
  /** Connects, also a client that has given up. */
  connect(): Promise<unknown>
  /** Sends one command as it is. */
  send(command: string, args: string[]): Promise<unknown>
}

/**
 * A database of Upstash Redis, of Vercel KV or of another server with their REST interface, spoken to over HTTP with the
 * runtime's own `fetch`: no client is needed.
 */
export interface RedisRestDatabase {
  /** The address, which begins with `https://`: `UPSTASH_REDIS_REST_URL`, or `KV_REST_API_URL`. */
  readonly url: string | undefined
  /** The token that may write: `UPSTASH_REDIS_REST_TOKEN`, or `KV_REST_API_TOKEN`. */
  readonly token: string | undefined
}

/**
 * What the store can speak through: a client of node-redis (`createClient`, `createCluster`, `createSentinel`),
 * ioredis (`Redis`, `Cluster`) or Bun (`RedisClient`), described by the few methods used, so that no driver has to be
 * installed; or the `{ url, token }` of a database that is spoken to over HTTP.
 */
export type RedisClient =
  | NodeRedisClient
  | NodeRedisCluster
  | NodeRedisSentinel
  | IoRedisClient
  | IoRedisCluster
  | BunRedisClient
  | RedisRestDatabase
