import type { Awaitable } from '../core/awaitable.ts'
import { ConfigError } from '../core/errors.ts'
import type { SessionRecord } from '../core/record.ts'
import type {
  ConditionalStore,
  RecordPage,
  ReplaceOptions,
  ReplaceOutcome,
  TouchOptions,
  WriteOptions,
} from '../core/store.ts'
import { lifetime } from './lifetime.ts'
import { invalidOption, optionsOf, refuseUnknownOptions } from './options.ts'
import { pageLimit } from './page-limit.ts'
import { batches } from './redis/batches.ts'
import type { RedisClient } from './redis/client.ts'
import { textOf } from './redis/commands.ts'
import { connect } from './redis/connect.ts'
import { type CommandPart, coverText } from './redis/covered-text.ts'
import { type ExplainedCommands, explaining } from './redis/explain.ts'
import { Keys } from './redis/keys.ts'
import { type LoadedRecord, NearCache } from './redis/near-cache.ts'
import {
  decode,
  digits,
  encode,
  NOT_INDEXED,
  ownerLines,
  userLine,
  userOfLine,
} from './redis/record-format.ts'
import * as scripts from './redis/record-scripts.ts'
import { revoke } from './redis/revocation.ts'
import { run, type Script } from './redis/script.ts'
import { UserIndex } from './redis/user-index.ts'
import { countSessions, scanIds } from './redis/walk.ts'
import { createWriteMarks } from './write-marks.ts'

export type {
  BunRedisClient,
  ClusterMaster,
  IoRedisClient,
  IoRedisCluster,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  RedisClient,
  RedisRestDatabase,
} from './redis/client.ts'

/** How a {@link RedisSessionStore} is set up. */
export interface RedisSessionStoreOptions {
  /**
   * Begins every key of the store, so that it can share a database: 1 to 100 characters. Default `'coatcheck:'`.
   * Two apps that share a server and must not share sessions need two prefixes.
   */
  prefix?: string
  /**
   * Keeps up to `maxEntries` records, 1 to 1,000,000, in this process, so that loading one of them sends nothing.
   * Redis tells of every change on a connection that the store opens beside yours and closes on `dispose`; what
   * another process changes or revokes may be given out until that word arrives, about as long as one reply of
   * Redis takes. Without that connection nothing is kept. Needs a client of one server: not a pool, Sentinel or
   * Cluster, nor HTTP, nor one of Bun, which does not pass on what Redis tells. Default: no cache.
   */
  cache?: { maxEntries: number }
}

const STORE = 'RedisSessionStore'
const LONGEST_PREFIX = 100
const LARGEST_CACHE = 1_000_000
// A driver that sends a command again because the reply was lost does so within seconds, or too late for the request.
const END_TOLD_MS = 10_000

/**
 * Keeps sessions in Redis or Valkey, for any number of processes and machines: standalone, Sentinel or Cluster; or, over
 * HTTP, Upstash Redis and Vercel KV.
 *
 * Conditional writes are scripts that Redis runs as one step. Every key carries a time to live, so that Redis
 * itself removes expired sessions; nothing is left to clean up. Redis answers before its replicas have the
 * write: a failover can lose the last moments.
 */
export class RedisSessionStore implements ConditionalStore {
  readonly #commands: ExplainedCommands
  readonly #keys: Keys
  readonly #users: UserIndex
  readonly #cache: NearCache | undefined
  readonly #nextMark = createWriteMarks()

  /** Names the class in errors, also in minified code. */
  static get name(): string {
    return STORE
  }

  /**
   * Takes a client and sends nothing yet.
   * @param client - A client of node-redis (`createClient`, `createCluster`, `createSentinel`; call its `connect()`)
   * or ioredis (`new Redis`, `new Cluster`), or a `RedisClient` of Bun. It stays yours: the store never closes it. Or the
   * `{ url, token }` of a database of Upstash or Vercel KV, for HTTP: no driver is needed.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` it is none of these, or an option is unknown or not usable;
   * `ERR_STORE_UNSUPPORTED` it reads from replicas, which may still hold a session that is destroyed, or `cache` is
   * asked for with a client that it does not work with.
   */
  constructor(client: RedisClient, options: RedisSessionStoreOptions = {}) {
    const { prefix = 'coatcheck:', cache, ...unknown } = optionsOf(STORE, options)
    refuseUnknownOptions(STORE, unknown, 'prefix and cache')
    if (typeof prefix !== 'string' || prefix === '' || prefix.length > LONGEST_PREFIX)
      throw invalidOption(STORE, 'prefix', 'a text of 1 to 100 characters', prefix)
    this.#commands = explaining(connect(client))
    this.#keys = new Keys(this.#commands.sentPrefix + prefix, this.#commands.driverPrefix)
    this.#users = new UserIndex(this.#commands, this.#keys)
    this.#cache = cache === undefined ? undefined : this.#openCache(cache)
  }

  /**
   * Gives the record under this id; `null` when there is none or its ttl has run out. One command; with `cache`
   * none for a record it holds, two for another.
   */
  get(id: string): Awaitable<SessionRecord | null> {
    return this.#cache === undefined ? this.#load(id) : this.#cache.get(id)
  }

  /** Writes the record, whatever was there. One command, and one more when it has a user. */
  async set(id: string, record: SessionRecord, options: WriteOptions): Promise<void> {
    const ttl = lifetime(options.ttl)
    if (ttl === 0) return this.destroy(id)
    const key = this.#keys.session(id)
    const text = encode(record, await this.#index(id, record.user, ttl), this.#nextMark())
    await this.#changing(id, this.#commands.send(key, ['SET', key, coverText(text), 'PX', String(ttl)]))
  }

  /**
   * Writes a record under an id that is free; `false` when a live record is already there. One command, and one
   * more when it has a user.
   */
  async create(id: string, record: SessionRecord, options: WriteOptions): Promise<boolean> {
    const ttl = lifetime(options.ttl)
    const key = this.#keys.session(id)
    if (ttl === 0) return Number(await this.#commands.send(key, ['EXISTS', key])) === 0
    const mark = this.#nextMark()
    const text = encode(record, await this.#index(id, record.user, ttl), mark)
    return Number(await this.#run(scripts.CREATE, id, coverText(text), String(ttl), mark)) === 1
  }

  /**
   * Writes over a live record of exactly `options.revision`; with a ttl of zero or less ends it. One command;
   * two more once in half a lifetime when it has a user, whose index then is to be extended.
   */
  async replace(id: string, record: SessionRecord, options: ReplaceOptions): Promise<ReplaceOutcome> {
    const ttl = lifetime(options.ttl)
    if (ttl === 0) return this.#end(id, options.revision)
    const { user } = record
    const mark = this.#nextMark()
    const text = coverText(encode(record, NOT_INDEXED, mark))
    const write = async (indexedUntil: string): Promise<string | null> => {
      const args = [text, String(ttl), digits(options.revision), mark, ownerLines(record), indexedUntil]
      return textOf(await this.#run(scripts.REPLACE, id, ...args))
    }
    let outcome = await write(user === undefined ? NOT_INDEXED : '')
    if (outcome === 'unindexed') outcome = await write(await this.#index(id, user, ttl))
    return outcomeOf(outcome)
  }

  /**
   * Extends a live record; `false` when there is none. One command; two more once in half a lifetime when it has
   * a user, whose index then is to be extended.
   */
  async touch(id: string, options: TouchOptions): Promise<boolean> {
    const ttl = lifetime(options.ttl)
    if (ttl === 0) return this.#remove(id)
    const times = `${digits(options.touchedAt)} ${digits(options.expiresAt)}`
    const touch = (indexedUntil: string): Promise<unknown> =>
      this.#run(scripts.TOUCH, id, String(ttl), times, indexedUntil)
    let outcome = await touch('')
    const user = userOfLine(textOf(outcome))
    if (user !== undefined) outcome = await touch(await this.#index(id, user, ttl))
    return Number(outcome) === 1
  }

  /** Removes the record. A missing one is not an error. One command, and one more when it had a user. */
  async destroy(id: string): Promise<void> {
    await this.#remove(id)
  }

  /** Gives the live records of one user: one command for their ids, and one for each, sent 1,000 at a time. */
  async listByUser(user: string): Promise<SessionRecord[]> {
    const records = await this.#records(await this.#users.ids(user))
    return records.filter((record) => record.user === user)
  }

  /**
   * Removes the records of one user but `except`, and tells how many live ones they were: also of sessions that are
   * given a new id meanwhile. One command for their ids, one for each, sent 1,000 at a time, two to take them off the
   * list, two more for each 1,000 after the first; a second one for each name whose session is gone already, and one for each
   * 1,000 of those.
   *
   * Who logs in meanwhile waits until it is over. A session that is being created already may escape: revoke after
   * what lets the user in has changed. Where an answer was lost and the command sent again, the number may be too low.
   */
  destroyByUser(user: string, options: { except?: string } = {}): Promise<number> {
    const line = userLine(user)
    return revoke({
      index: this.#users,
      user,
      except: options.except,
      mark: this.#nextMark(),
      end: async (ids) =>
        (await this.#runAll(scripts.DESTROY_OF_USER, ids, line)).map((reply) => Number(reply) === 1),
    })
  }

  /**
   * Walks all live records, about `limit` at a time: one SCAN a page, and one GET a record. A page may be empty
   * before the last one. While a Cluster moves slots, records in them may be missed or come twice.
   * @param options.limit - About how many keys Redis looks at for a page, 1 to 10,000. Default 100.
   * @throws {Error} a master of a Cluster is missing. The cursor stays good.
   */
  async entries(options: { cursor?: string; limit?: number } = {}): Promise<RecordPage> {
    const limit = pageLimit(options.limit)
    const { ids, cursor } = await scanIds(this.#commands, this.#keys, limit, options.cursor)
    const records = await this.#records(ids)
    return cursor === undefined ? { records } : { records, cursor }
  }

  /**
   * Counts live records: exactly on a server of up to 100,000 keys of whatever kind, by walking them; above,
   * estimated from a sample of 10,000 keys.
   * @throws {Error} a master of a Cluster is missing.
   */
  count(): Promise<number> {
    return countSessions(this.#commands, this.#keys)
  }

  /** Closes the connection of the `cache`, if there is one. Your client stays open, and the store still answers. */
  dispose(): void {
    this.#cache?.stop()
  }

  #load(id: string): Promise<SessionRecord | null> {
    const key = this.#keys.session(id)
    return this.#commands.ask(key, ['GET', key], recordIn)
  }

  async #loadWithTtl(id: string): Promise<LoadedRecord> {
    const key = this.#keys.session(id)
    const [record, ttl] = await Promise.all([this.#load(id), this.#commands.send(key, ['PTTL', key])])
    return { record, ttl: Number(ttl) }
  }

  #openCache({ maxEntries }: { maxEntries: number }): NearCache {
    if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > LARGEST_CACHE)
      throw invalidOption(STORE, 'cache.maxEntries', 'a whole number from 1 to 1,000,000', maxEntries)
    const { openFeed } = this.#commands
    if (openFeed === undefined) throw cacheUnsupported()
    const feed = openFeed(this.#keys.scanned)
    return new NearCache(
      feed,
      (key) => this.#keys.idIn(key),
      maxEntries,
      (id) => this.#loadWithTtl(id),
    )
  }

  /** Changes a record. The cache holds nothing of it afterwards, also when the change failed half-way. */
  async #changing<T>(id: string, change: Promise<T>): Promise<T> {
    try {
      return await change
    } finally {
      this.#cache?.forget(id)
    }
  }

  /** Names the session in its user's index, before its record is written. Gives until when. */
  async #index(id: string, user: string | undefined, ttl: number): Promise<string> {
    return user === undefined ? NOT_INDEXED : this.#users.add(user, id, ttl)
  }

  #run(script: Script, id: string, ...args: CommandPart[]): Promise<unknown> {
    return this.#changing(id, run(this.#commands, script, [this.#keys.session(id)], ...args))
  }

  async #runAll(script: Script, ids: readonly string[], ...args: string[]): Promise<unknown[]> {
    const { sendAll } = this.#commands
    if (sendAll === undefined) return Promise.all(ids.map((id) => this.#run(script, id, ...args)))
    // Whole, for else a server that does not know the script would be asked for everything twice.
    return sendAll(ids.map((id) => ['EVAL', script.text, '1', this.#keys.session(id), ...args]))
  }

  async #remove(id: string): Promise<boolean> {
    const line = textOf(await this.#run(scripts.DESTROY, id))
    await this.#forget(id, line)
    return line !== null
  }

  async #end(id: string, revision: number): Promise<ReplaceOutcome> {
    const args = [digits(revision), this.#nextMark(), String(END_TOLD_MS)]
    const ending = run(this.#commands, scripts.DESTROY_REVISION, this.#keys.sessionAndEnd(id), ...args)
    const reply = textOf(await this.#changing(id, ending))
    const [outcome = '', line = ''] = reply?.split('\n') ?? []
    await this.#forget(id, line)
    return outcomeOf(outcome)
  }

  async #forget(id: string, line: string | null): Promise<void> {
    const user = userOfLine(line)
    if (user !== undefined) await this.#users.remove(user, [id])
  }

  async #records(ids: readonly string[]): Promise<SessionRecord[]> {
    const { sendAll } = this.#commands
    const found: (SessionRecord | null)[] = []
    for (const batch of batches(ids)) {
      if (sendAll === undefined) found.push(...(await Promise.all(batch.map((id) => this.#load(id)))))
      else found.push(...(await sendAll(batch.map((id) => ['GET', this.#keys.session(id)]))).map(recordIn))
    }
    return found.filter((record) => record !== null)
  }
}

function cacheUnsupported(): ConfigError {
  return new ConfigError(
    'ERR_STORE_UNSUPPORTED',
    'RedisSessionStore: the option cache works with a client of one server, made with createClient (node-redis) or new Redis without sentinels (ioredis). Leave it out with a pool, Sentinel or Cluster, over HTTP, and with a RedisClient of Bun.',
  )
}

function recordIn(reply: unknown): SessionRecord | null {
  if (reply === null) return null
  const text = textOf(reply)
  if (text === null)
    throw new Error('Redis answered with what is neither a text nor nothing, where a session was asked for.')
  return decode(text)
}

function outcomeOf(reply: string | null): ReplaceOutcome {
  if (reply === 'written' || reply === 'conflict' || reply === 'missing') return reply
  throw new Error('Redis answered a conditional write with something that the script does not say.')
}
