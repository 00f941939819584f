import { decodeText } from '../decode-text.ts'
import type { CommandPart } from './covered-text.ts'
import type { OpenFeed } from './invalidation-feed.ts'

/** One server that holds keys: the only one, or one master of a Cluster. */
export interface RedisNode {
  /** Tells it apart from the others, the same in every process. Empty when there is only one. */
  readonly address: string
  /** Sends one command to this server. */
  send(command: string[]): Promise<unknown>
}

/** A sign by which an error is known, and what to do about it. */
export type Advice = readonly [sign: RegExp, advice: string]

/**
 * The one dialect the store speaks, whatever the driver and the topology.
 *
 * Every command names one key and goes to the master that holds it. Commands given in the same turn are
 * written without waiting for each other's replies, which both drivers do by themselves.
 */
export interface RedisCommands {
  /** What the store has to put before its keys, because the driver does not do it in raw commands. */
  readonly sentPrefix: string
  /** What the driver puts before every key by itself. SCAN does not know of it, and gives keys that begin with it. */
  readonly driverPrefix: string
  /** Sends one command to the master that holds `key`. */
  send(key: string, command: CommandPart[]): Promise<unknown>
  /**
   * Sends commands of one key each, all at one go, and gives the replies in their order. Absent where what is given in the same
   * turn goes at one go by itself.
   */
  readonly sendAll?: ((commands: readonly string[][]) => Promise<unknown[]>) | undefined
  /**
   * Gives every server that holds keys, sorted by address: at least one.
   * @throws {Error} they are not all known.
   */
  nodes(): Promise<RedisNode[]>
  /** Opens a connection on which the server tells of changed keys. Absent where one such connection is not enough. */
  readonly openFeed?: OpenFeed | undefined
  /** What to do about errors, where it is something else than with a driver. */
  readonly advice?: readonly Advice[]
}

/** Reads a reply that should be text; `null` when it is none. */
export function textOf(reply: unknown): string | null {
  if (typeof reply === 'string') return reply
  // node-redis with a type mapping gives buffers.
  return reply instanceof Uint8Array ? decodeText(reply) : null
}

/** Reads a reply that should be a list of text. */
export function textsOf(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.flatMap((item) => textOf(item) ?? []) : []
}
