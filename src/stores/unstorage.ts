import { ConfigError } from '../core/errors.ts'
import type { SessionRecord } from '../core/record.ts'
import type { SessionStore, WriteOptions } from '../core/store.ts'
import { type DatedRecord, isDatedRecord } from './json/dated-record.ts'
import { lifetime } from './lifetime.ts'
import { clockOf, invalidOption, optionsOf, refuseUnknownOptions } from './options.ts'
import { pageLimit } from './page-limit.ts'
import { unreadableRecord } from './unreadable-record.ts'
import { WriteQueue } from './unstorage/write-queue.ts'

/** What is used of an unstorage `Storage`. */
export interface UnstorageStorage {
  /** Gives a value, parsed; `null` when there is none. */
  getItem(key: string): Promise<unknown>
  /** Writes a value as JSON. */
  setItem(key: string, value: object, options?: { ttl?: number }): Promise<void>
  /** Removes a value. */
  removeItem(key: string): Promise<void>
  /** Lists the keys that begin with `base`. */
  getKeys(base?: string): Promise<string[]>
}

/** How an {@link UnstorageSessionStore} is set up. */
export interface UnstorageSessionStoreOptions {
  /**
   * Begins every key, followed by a colon: letters, digits, `-` and `_`, in parts divided by colons; at most 100
   * characters. Default `'coatcheck'`. It may be a mount point of the storage.
   */
  base?: string
  /** Gives the clock that deadlines are kept by, in milliseconds since the epoch. Default `Date.now`. */
  now?: () => number
}

const STORE = 'UnstorageSessionStore'
const BASE = /^(?=.{1,100}$)[\w-]+(?::[\w-]+)*$/

// A value that cannot be read may be half of one that another process is writing.
const READS = 3
const PAUSE_MS = 10

const DEFAULT_LIMIT = 1_000
const READ_AT_ONCE = 50

/**
 * Keeps sessions in any storage of unstorage: a folder, Redis, a cloud's key-value service and many others.
 *
 * Such a storage can only read, write and remove. Within one process the engine makes up for that. **With several
 * processes, of two requests that write one session at the same moment one can be lost, and a session that is
 * destroyed while another process writes it can come back.** There is no index of users, so `sessions.user()`
 * throws. Drivers that answer from copies, as the key-value services of CDNs do, may give a session out for a
 * minute after it was destroyed. One of the full stores does better in all of this.
 */
export class UnstorageSessionStore implements SessionStore {
  readonly #storage: UnstorageStorage
  readonly #base: string
  readonly #now: () => number
  readonly #queue = new WriteQueue()
  /** Where in the list of keys `deleteExpired` goes on. */
  #next = 0

  /** Names the class in errors, also in minified code. */
  static get name(): string {
    return STORE
  }

  /**
   * Takes a storage, which stays yours: it is never disposed of.
   * @param storage - What `createStorage()` of unstorage gives.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` it is not a storage, or an option is unknown or not usable.
   */
  constructor(storage: UnstorageStorage, options: UnstorageSessionStoreOptions = {}) {
    const { base = 'coatcheck', now, ...unknown } = optionsOf(STORE, options)
    refuseUnknownOptions(STORE, unknown, 'base and now')
    if (typeof base !== 'string' || !BASE.test(base))
      throw invalidOption(STORE, 'base', "letters, digits, '-' and '_' in parts divided by ':'", base)
    this.#now = clockOf(STORE, now)
    checkStorage(storage)
    this.#storage = storage
    this.#base = base
  }

  /**
   * Gives the record under this id; `null` when there is none or its ttl has run out, and then removes it.
   * @throws {Error} the value is half written, by a `setItem` of this store that has not ended: nothing is known of the session.
   */
  async get(id: string): Promise<SessionRecord | null> {
    const key = this.#keyOf(id)
    for (;;) {
      const value = await this.#read(key)
      if (value === undefined || value === null) return null
      if (!isDatedRecord(value) && this.#queue.isWriting(key)) throw halfWritten()
      if (!isDatedRecord(value)) return unreadableRecord(id)
      if (value.deadline > this.#now()) return value.record
      if (await this.#removeExpired(key)) return null
      // Somebody wrote meanwhile: what is there now counts.
    }
  }

  /** Writes the record, whatever was there. One `setItem`. */
  async set(id: string, record: SessionRecord, options: WriteOptions): Promise<void> {
    const ttl = lifetime(options.ttl)
    if (ttl === 0) return this.destroy(id)
    const key = this.#keyOf(id)
    const value: DatedRecord = { record, deadline: this.#now() + ttl }
    // In seconds, for the drivers that know it. The deadline is what counts.
    await this.#queue.write(key, () => this.#storage.setItem(key, value, { ttl: Math.ceil(ttl / 1_000) }))
  }

  /** Removes the record. A missing one is not an error. One `removeItem`. */
  async destroy(id: string): Promise<void> {
    const key = this.#keyOf(id)
    await this.#queue.write(key, () => this.#storage.removeItem(key))
  }

  /**
   * Removes expired records, for the drivers that do not do so themselves: call it from time to time. Each call
   * lists all keys, reads the next `limit` records after those of the call before, and begins again at the end. Before
   * it removes a record it reads it once more: a write that came meanwhile counts.
   * @param options.limit - How many records it reads at most, 1 to 10,000. Default 1,000.
   * @returns How many it removed.
   */
  async deleteExpired(options: { limit?: number } = {}): Promise<number> {
    const keys = await this.#storage.getKeys(this.#base)
    const first = this.#next < keys.length ? this.#next : 0
    const turn = keys.slice(first, first + pageLimit(options.limit ?? DEFAULT_LIMIT))
    let removed = 0
    for (let at = 0; at < turn.length; at += READ_AT_ONCE) {
      const gone = await Promise.all(turn.slice(at, at + READ_AT_ONCE).map((key) => this.#cleanUp(key)))
      removed += gone.filter(Boolean).length
    }
    // The list may come in another order next time: what is passed over then has its turn in a later round.
    this.#next = first + turn.length - removed
    return removed
  }

  async #cleanUp(key: string): Promise<boolean> {
    return this.#isExpired(await this.#read(key)) && this.#removeExpired(key)
  }

  /** Removes a value that was found expired, unless it has been written since; tells whether it did. */
  #removeExpired(key: string): Promise<boolean> {
    return this.#queue.write(key, async () => {
      if (!this.#isExpired(await this.#storage.getItem(key))) return false
      await this.#storage.removeItem(key)
      return true
    })
  }

  #isExpired(value: unknown): boolean {
    return isDatedRecord(value) && value.deadline <= this.#now()
  }

  async #read(key: string): Promise<unknown> {
    for (let read = 1; ; read++) {
      await this.#queue.written(key)
      const value = await this.#storage.getItem(key)
      if (value === undefined || value === null || isDatedRecord(value) || read === READS) return value
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  #keyOf(id: string): string {
    return `${this.#base}:${hex(id)}`
  }
}

const encoder = new TextEncoder()

/** Ids tell capital letters from small ones, and some file systems and services do not. */
function hex(id: string): string {
  return Array.from(encoder.encode(id), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function halfWritten(): Error {
  return new Error(
    `${STORE} found a value that it is writing itself: its setItem for that session has not ended. Look at the service behind the storage, and send the request again.`,
  )
}

function checkStorage(storage: unknown): void {
  const methods = ['getItem', 'setItem', 'removeItem', 'getKeys']
  const sound = methods.every((name) => typeof Reflect.get(Object(storage), name) === 'function')
  if (sound) return
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `${STORE} needs a storage of unstorage: the object that createStorage() gives.`,
  )
}
