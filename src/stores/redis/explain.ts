import { isError } from '../../core/is-error.ts'
import { type Advice, type RedisCommands, textOf } from './commands.ts'
import type { CommandPart } from './covered-text.ts'
import { sendAgain } from './send-again.ts'

const UNREACHABLE =
  'Redis cannot be reached: check the address the client was made with, and that the server is up.'

/** What an error of a driver begins with or holds, and what to do about it. */
const ADVICE: readonly Advice[] = [
  [
    // Of Bun, whose words for it hold what others say of a client that nobody connected.
    /offline queue is disabled|Max reconnection attempts|^Connection (has failed|timeout)/i,
    UNREACHABLE,
  ],
  [
    /client is closed|Connection is closed/i,
    'The client is not connected. With node-redis call `await client.connect()` before the first request; after `close()`, `quit()` or `disconnect()` it can no longer be used.',
  ],
  [/WRONGPASS|invalid password/i, "Redis refused the login: correct the client's username and password."],
  [
    /NOAUTH/,
    'Redis asks for a login: give the client its password, the right one (and its username, when Redis has users).',
  ],
  [
    /NOPERM/,
    "The client's user lacks a permission. The store needs +get +set +exists +setrange +getrange +del +pexpire +pexpireat +eval +evalsha +time +scan +dbsize and the sorted set commands (+@sortedset), on the keys of its prefix.",
  ],
  [/READONLY/, 'This server is a replica, which refuses writes: connect to the master, or through Sentinel.'],
  [
    /MASTERDOWN/,
    'This server is a replica, and has lost its master: connect to the master, or through Sentinel.',
  ],
  [
    /NOREPLICAS/,
    'Too few replicas are in touch with Redis, which refuses writes until they are back: see to them, or lower min-replicas-to-write.',
  ],
  [
    /MISCONF/,
    'Redis cannot save its data to disk, and refuses writes until it can: see to the space there and to its permissions. Its log says what fails.',
  ],
  [
    /^BUSY /,
    'Redis serves nobody while a script or function runs that takes too long: end it with SCRIPT KILL or FUNCTION KILL.',
  ],
  [
    /^OOM/,
    "Redis has reached its maxmemory: raise it. Leave maxmemory-policy at noeviction: any other may drop a user's index, and revoke() then misses sessions.",
  ],
  [
    /^(MOVED|ASK) /,
    'This server is part of a Redis Cluster: use createCluster (node-redis) or new Cluster (ioredis); the RedisClient of Bun speaks to one server only.',
  ],
  [/CLUSTERDOWN/, 'Part of the Redis Cluster is down, and with it the slot of this key.'],
  [/^LOADING/, 'Redis has just started and is still loading its data.'],
  [
    /unknown command/i,
    'This server lacks a command that the store needs: it takes Redis 6.0 or newer, or Valkey.',
  ],
  [
    /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|MaxRetriesPerRequest|max retries per request|ClientOffline|The client is offline|Stream isn't writeable/i,
    UNREACHABLE,
  ],
  [
    /Socket closed unexpectedly|ECONNRESET|^Connection closed$|^Idle timeout reached/,
    'The connection to Redis broke before the answer came, so the command may have been carried out: look whether the server has restarted, or something in between ends connections.',
  ],
]

/**
 * Says what to do about an error of the driver, where that is known.
 * @returns An error that begins with the advice and ends with the driver's own words; or the very error, when
 * there is nothing to add.
 */
function explain(error: unknown, special: readonly Advice[]): unknown {
  if (!isError(error)) return error
  const known = [...special, ...ADVICE].find(([sign]) => sign.test(error.message) || sign.test(error.name))
  if (known === undefined) return error
  const [firstLine] = error.message.split('\n', 1)
  // Without the driver's error as cause: ioredis hangs the whole command on it, session data included.
  const explained = new Error(`${known[1]} Redis or its driver said: ${firstLine}`)
  if ('code' in error) Object.defineProperty(explained, 'code', { value: error.code, enumerable: true })
  return explained
}

/** Commands that are sent until they are answered, and whose failures, on whatever node, say what to do about them. */
export interface ExplainedCommands extends RedisCommands {
  /** Sends one command and reads its reply, in one step: every request waits for this, and each wait of its own costs it. */
  ask<T>(key: string, command: CommandPart[], read: (reply: unknown) => T): Promise<T>
}

/** Sends commands whose replies were lost again, and makes every failure, on whatever node, say what to do about it. */
export function explaining(commands: RedisCommands): ExplainedCommands {
  const { sendAll, advice = [] } = commands
  const retold = (error: unknown): never => {
    throw explain(error, advice)
  }
  return {
    ...commands,
    ask: (key, command, read) =>
      commands.send(key, command).then(
        (reply) => read(answered(reply)),
        (error: unknown) =>
          sendAgain(commands, key, command, error).then((reply) => read(answered(reply)), retold),
      ),
    send: (key, command) =>
      commands
        .send(key, command)
        .then(answered, (error: unknown) => sendAgain(commands, key, command, error).then(answered, retold)),
    sendAll: sendAll && ((list) => sendAll(list).catch(retold)),
    nodes: async () => {
      const nodes = await commands.nodes().catch(retold)
      return nodes.map(({ address, send }) => ({
        address,
        send: (command) => send(command).then(answered, retold),
      }))
    },
  }
}

const QUEUED = 'QUEUED'

/**
 * Refuses what is no answer: inside a transaction that somebody has begun on the connection, Redis puts each command off, and
 * no command of ours is answered so.
 */
function answered(reply: unknown): unknown {
  // Not textOf for all: as a buffer, the reply may be a whole record.
  const isShort = typeof reply === 'string' || (reply instanceof Uint8Array && reply.length === QUEUED.length)
  if (!isShort || textOf(reply) !== QUEUED) return reply
  throw new Error(
    'The client is inside a transaction of the app (MULTI), which puts off what the store asks for: give the store a client of its own, or the transaction.',
  )
}
