import { batches } from './batches.ts'
import { type RedisCommands, textOf, textsOf } from './commands.ts'
import { BAR, HOLD_BAR, INDEX } from './index-scripts.ts'
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
 * to be written. For the same reason it does no harm that users with halves of characters in their ids, which UTF-8
 * cannot tell apart, share an index.
 *
 * While a user's sessions are being revoked, a bar keeps new names out. Each revocation has one of its own.
 */
const COUNT_ON = 1.5
const KEEP = 2

// What a revocation needs for a batch, many times over. A process that dies leaves its bar behind for as long.
const BAR_MS = 5_000
const LONGEST_WAIT_MS = 2 * BAR_MS
const LONGEST_PAUSE_MS = 50

/** Which sessions a user has. */
export class UserIndex {
  readonly #commands: RedisCommands
  readonly #keys: Keys

  constructor(commands: RedisCommands, keys: Keys) {
    this.#commands = commands
    this.#keys = keys
  }

  /**
   * Names a session of a user. A new name waits while the user's sessions are being revoked.
   * @returns 16 digits: until when, by the server's clock, its record may live on this.
   * @throws {Error} the index was barred for ten seconds; nothing was written.
   */
  async add(user: string, id: string, ttl: number): Promise<string> {
    const args = [id, String(Math.ceil(ttl * KEEP)), String(Math.ceil(ttl * COUNT_ON))]
    const deadline = performance.now() + LONGEST_WAIT_MS
    for (let pause = 1; performance.now() < deadline; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const until = textOf(await run(this.#commands, INDEX, [this.#keys.user(user)], ...args))
      if (until === null) throw new Error('Redis gave no time for an entry of the user index.')
      if (until !== '') return until
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    throw new Error(
      `The user's sessions have been in revocation for ${LONGEST_WAIT_MS / 1_000} s, so no session was added. Send the request again, and see what keeps revoking them.`,
    )
  }

  /** Takes sessions off a user's list. */
  async remove(user: string, ids: readonly string[]): Promise<void> {
    const key = this.#keys.user(user)
    await Promise.all(batches(ids).map((batch) => this.#commands.send(key, ['ZREM', key, ...batch])))
  }

  /**
   * Keeps new names out of a user's index for five seconds, unless the bar is held or lifted.
   * @returns The ids in it, as `ids` gives them. When there are none, there is no bar either.
   */
  async bar(user: string, mark: string): Promise<string[]> {
    return textsOf(await run(this.#commands, BAR, [this.#keys.user(user)], barOf(mark), String(BAR_MS)))
  }

  /** Has a bar last for five seconds from now. */
  async holdBar(user: string, mark: string): Promise<void> {
    await run(this.#commands, HOLD_BAR, [this.#keys.user(user)], barOf(mark), String(BAR_MS))
  }

  /**
   * Takes a bar away.
   * @returns Whether it was still there. If so, no name has come in since it was set: the first one behind a bar
   * whose time has passed takes the bar away.
   */
  async liftBar(user: string, mark: string): Promise<boolean> {
    const key = this.#keys.user(user)
    return Number(await this.#commands.send(key, ['ZREM', key, barOf(mark)])) === 1
  }

  /** Gives the ids of all sessions the user may have. Whether they live, and are still this user's, their records know. */
  async ids(user: string): Promise<string[]> {
    const key = this.#keys.user(user)
    return textsOf(await this.#commands.send(key, ['ZRANGEBYSCORE', key, '0', '+inf']))
  }
}

// No id begins like this, so that the two never share a place in the set.
function barOf(mark: string): string {
  return `!${mark}`
}
