import { type RedisCommands, textOf, textsOf } from './commands.ts'
import { INDEX } from './index-scripts.ts'
import type { Keys } from './keys.ts'
import { run } from './script.ts'

/*
 * One sorted set a user: the ids of the user's sessions, each with the time until which it is named.
 *
 * The rule that everything rests on: a record never lives longer than its name in the index. Names are
 * therefore written before records. To spare the index a write at each touch, a name is kept for longer than
 * its session: a session of 30 minutes may count on its name for 45, and the name is dropped after 60. Touches
 * and writes of the first 15 minutes leave the index alone; the last 15 absorb clocks that differ between
 * the nodes of a Cluster.
 *
 * A name whose record is gone does no harm, because records are asked whose they are. It leaves when its
 * session is destroyed or its time has passed, and not because its record was missing: the record may be about
 * to be written.
 */
const COUNT_ON = 1.5
const KEEP = 2

/** Which sessions a user has. */
export class UserIndex {
  readonly #commands: RedisCommands
  readonly #keys: Keys

  constructor(commands: RedisCommands, keys: Keys) {
    this.#commands = commands
    this.#keys = keys
  }

  /**
   * Names a session of a user.
   * @returns 16 digits: until when, by the server's clock, its record may live on this.
   */
  async add(user: string, id: string, ttl: number): Promise<string> {
    const keep = String(Math.ceil(ttl * KEEP))
    const countOn = String(Math.ceil(ttl * COUNT_ON))
    const until = textOf(await run(this.#commands, INDEX, [this.#keys.user(user)], id, keep, countOn))
    if (until === null) throw new Error('Redis gave no time for an entry of the user index.')
    return until
  }

  /** Takes sessions off a user's list. */
  async remove(user: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    const key = this.#keys.user(user)
    await this.#commands.send(key, ['ZREM', key, ...ids])
  }

  /** Gives the ids of all sessions the user may have. Whether they live, and are still this user's, their records know. */
  async ids(user: string): Promise<string[]> {
    const key = this.#keys.user(user)
    return textsOf(await this.#commands.send(key, ['ZRANGE', key, '0', '-1']))
  }
}
