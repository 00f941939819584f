import type { Awaitable } from '../../core/awaitable.ts'
import { ConfigError } from '../../core/errors.ts'
import type { SessionRecord } from '../../core/record.ts'
import { beyondRequests } from '../beyond-requests.ts'
import type { FeedListener, InvalidationFeed } from './invalidation-feed.ts'

/** A record as Redis gave it, and how many milliseconds it had left when it did. */
export interface LoadedRecord {
  record: SessionRecord | null
  ttl: number
}

interface Entry {
  record: SessionRecord
  /** When it expires in Redis, or a little earlier. By `performance.now()`. */
  deadline: number
  /** Its number in the order of entering. */
  place: number
}

// A connection can break without anybody noticing. An answer to a ping proves that all invalidations sent
// before it have arrived; entries are given out on a proof that is not older than this.
const TRUST_MS = 2_000
const PROVE_AGAIN_MS = 1_000

/** When an answer was asked for that proves the feed whole: by the clock of the process, and by the system's. */
interface Proof {
  readonly at: number
  readonly date: number
}

const NO_PROOF: Proof = { at: 0, date: 0 }

/**
 * Keeps the records this process read last, for as long as Redis tells of their changes.
 *
 * What another process changes is gone from here when Redis's word of it arrives, usually within a millisecond.
 * What this process changes is gone at once. When the word may not arrive, nothing is given out.
 */
export class NearCache {
  readonly #feed: InvalidationFeed
  readonly #idIn: (key: string) => string | undefined
  readonly #maxEntries: number
  readonly #load: (id: string) => Promise<LoadedRecord>
  /** In the order of use, as far as it decides who is dropped next. */
  readonly #entries = new Map<string, Entry>()
  #entered = 0
  /** The load under way for each id, unless the record was changed since it began. */
  readonly #loading = new Map<string, symbol>()
  #started = false
  #live = false
  #proof: Proof = NO_PROOF
  #proving = false
  #refusal: string | undefined

  /**
   * @param idIn - Gives the session id in a key.
   * @param load - Asks Redis.
   */
  constructor(
    feed: InvalidationFeed,
    idIn: (key: string) => string | undefined,
    maxEntries: number,
    load: (id: string) => Promise<LoadedRecord>,
  ) {
    this.#feed = feed
    this.#idIn = idIn
    this.#maxEntries = maxEntries
    this.#load = load
  }

  /**
   * Gives a record, at once when it is known, else from Redis.
   * @throws {ConfigError} `ERR_STORE_UNSUPPORTED` the server does not tell of changes.
   */
  get(id: string): Awaitable<SessionRecord | null> {
    if (!this.#started) this.#start()
    if (this.#refusal !== undefined) throw refused(this.#refusal)
    const now = performance.now()
    const entry = this.#isTrusted(now) ? this.#entries.get(id) : undefined
    if (entry === undefined) return this.#fetch(id, now)
    if (entry.deadline <= now) {
      this.#entries.delete(id)
      return this.#fetch(id, now)
    }
    // What entered lately is far from being dropped. To move it on each use would make the map grow and copy itself.
    if (this.#entered - entry.place >= this.#maxEntries / 2) {
      this.#entries.delete(id)
      this.#enter(id, entry)
    }
    return { ...entry.record }
  }

  /** Drops a record, and does not keep what a load under way will bring. */
  forget(id: string): void {
    this.#entries.delete(id)
    this.#loading.delete(id)
  }

  /** Closes the connection. Everything is then asked of Redis. */
  stop(): void {
    this.#started = true
    this.#forgetAll()
    this.#live = false
    this.#feed.stop()
  }

  #start(): void {
    this.#started = true
    const listener: FeedListener = {
      live: () => {
        this.#forgetAll() // what is being loaded may have been read before the server began to tell
        this.#live = true
        this.#refusal = undefined
        this.#proof = { at: performance.now(), date: Date.now() }
      },
      lost: () => {
        this.#live = false
        this.#forgetAll()
      },
      refused: (reason) => {
        this.#refusal = reason
      },
      changed: (keys) => {
        if (keys === null) this.#forgetAll()
        else for (const key of keys) this.forget(this.#idIn(key) ?? '')
      },
    }
    beyondRequests(() => this.#feed.start(listener))
  }

  #isTrusted(now: number): boolean {
    if (!this.#live) return false
    const age = this.#ageOfProof(now)
    if (age > PROVE_AGAIN_MS && !this.#proving) this.#prove({ at: now, date: Date.now() })
    return age <= TRUST_MS
  }

  /** The longer of what two clocks say: the one stands still while the machine sleeps, and the other can be set. */
  #ageOfProof(now: number): number {
    return Math.max(now - this.#proof.at, Math.abs(Date.now() - this.#proof.date))
  }

  #prove(asked: Proof): void {
    this.#proving = true
    this.#feed
      .ping()
      .then(() => {
        this.#proof = asked
      })
      .catch(() => {}) // no proof; what has become of the connection, its events say
      .finally(() => {
        this.#proving = false
      })
  }

  async #fetch(id: string, askedAt: number): Promise<SessionRecord | null> {
    const mark = Symbol(id)
    this.#loading.set(id, mark)
    try {
      const { record, ttl } = await this.#load(id)
      const isCurrent = this.#live && this.#loading.get(id) === mark
      if (record === null || !isCurrent || !(ttl > 0)) return record
      this.#keep(id, { record, deadline: askedAt + ttl, place: 0 })
      return { ...record }
    } finally {
      if (this.#loading.get(id) === mark) this.#loading.delete(id)
    }
  }

  #keep(id: string, entry: Entry): void {
    this.#entries.delete(id)
    this.#enter(id, entry)
    if (this.#entries.size <= this.#maxEntries) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  #enter(id: string, entry: Entry): void {
    entry.place = ++this.#entered
    this.#entries.set(id, entry)
  }

  #forgetAll(): void {
    this.#entries.clear()
    this.#loading.clear()
  }
}

function refused(reason: string): ConfigError {
  return new ConfigError(
    'ERR_STORE_UNSUPPORTED',
    `RedisSessionStore: the option cache needs CLIENT TRACKING, which this server refused (${reason}). Allow the client's user +client +pttl and, with ioredis, +subscribe &__redis__:invalidate; or leave the option out.`,
  )
}
