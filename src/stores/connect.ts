import { ConfigError } from '../core/errors.ts'
import { errorsIn, isError, isErrorOf } from '../core/is-error.ts'
import type { SessionRecord } from '../core/record.ts'
import type { SessionStore, WriteOptions } from '../core/store.ts'
import { answerOf } from './connect/answer.ts'
import { codeOf } from './error-code.ts'
import { type DatedRecord, isDatedRecord } from './json/dated-record.ts'
import { lifetime } from './lifetime.ts'
import { clockOf, optionsOf, refuseUnknownOptions } from './options.ts'
import { unreadableRecord } from './unreadable-record.ts'

/** What is used of a store that was written for express-session. */
export interface ConnectStore {
  /** Gives the session under an id to the callback; nothing when there is none. */
  get(id: string, callback: (error?: unknown, session?: object | null) => void): unknown
  /** Writes a session, whatever was there. */
  set(id: string, session: object, callback?: (error?: unknown) => void): unknown
  /** Removes a session. */
  destroy(id: string, callback?: (error?: unknown) => void): unknown
}

/** How a {@link ConnectSessionStore} is set up. */
export interface ConnectSessionStoreOptions {
  /** Gives the clock that deadlines are kept by, in milliseconds since the epoch. Default `Date.now`. */
  now?: () => number
}

/**
 * What the store is handed: a session as express-session would hand it, with ours inside. Each store takes the
 * time to live from another part of the cookie, so all of them are there.
 */
interface ConnectSession {
  cookie: { originalMaxAge: number; maxAge: number; expires: Date; httpOnly: true; path: '/' }
  coatcheck: DatedRecord
}

const STORE = 'ConnectSessionStore'

/**
 * Keeps sessions in a store that was written for express-session: connect-redis, connect-pg-simple, memorystore,
 * session-file-store and a hundred others.
 *
 * Such a store can only read, write and destroy. Within one process the engine makes up for that. **With several
 * processes, of two requests that write one session at the same moment one can be lost, and a session that is
 * destroyed while another process writes it can come back.** There is no index of users, so `sessions.user()`
 * throws. One of the full stores does all of this.
 */
export class ConnectSessionStore implements SessionStore {
  readonly #store: ConnectStore
  readonly #now: () => number

  /** Names the class in errors, also in minified code. */
  static get name(): string {
    return STORE
  }

  /**
   * Takes a store, which stays yours: it is never closed.
   * @param store - The store itself, such as `new RedisStore({ client })`.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` it is not such a store, or an option is unknown or not usable.
   */
  constructor(store: ConnectStore, options: ConnectSessionStoreOptions = {}) {
    const { now, ...unknown } = optionsOf(STORE, options)
    refuseUnknownOptions(STORE, unknown, 'now')
    this.#now = clockOf(STORE, now)
    checkStore(store)
    this.#store = store
  }

  /** Gives the record under this id; `null` when there is none or its ttl has run out. One `get`. */
  async get(id: string): Promise<SessionRecord | null> {
    const store = this.#store
    let session: unknown
    try {
      session = await answerOf(store.get.length > 1, (callback) => store.get(id, callback))
    } catch (error) {
      if (isMissing(error)) return null
      // What the store could not parse is there, and is no session.
      if (isErrorOf('SyntaxError', error)) return unreadableRecord(id)
      throw error
    }
    if (session === undefined || session === null) return null
    const kept: unknown = Reflect.get(Object(session), 'coatcheck')
    if (!isDatedRecord(kept)) return unreadableRecord(id)
    // The store's own expiry comes to the full second, or with its next cleanup.
    return kept.deadline > this.#now() ? { ...kept.record } : null
  }

  /** Writes the record, whatever was there. One `set`. */
  async set(id: string, record: SessionRecord, options: WriteOptions): Promise<void> {
    const ttl = lifetime(options.ttl)
    if (ttl === 0) return this.destroy(id)
    const store = this.#store
    const session = this.#sessionOf(record, ttl)
    await answerOf(store.set.length > 2, (callback) => store.set(id, session, callback))
  }

  // There is no touch, though most of these stores have one: theirs moves the time to live and, in some, leaves
  // the rest of the session as it is. The record would go on saying that it was last used long ago, and the idle
  // timeout is judged by the record alone. Without it the engine reads the record and writes it whole.

  /** Removes the record. A missing one is not an error. One `destroy`. */
  async destroy(id: string): Promise<void> {
    const store = this.#store
    try {
      await answerOf(store.destroy.length > 1, (callback) => store.destroy(id, callback))
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  #sessionOf(record: SessionRecord, ttl: number): ConnectSession {
    // The store compares this with its own clock, so it is real time whatever ours says.
    const expires = new Date(Date.now() + ttl)
    return {
      cookie: { originalMaxAge: ttl, maxAge: ttl, expires, httpOnly: true, path: '/' },
      coatcheck: { record: { ...record }, deadline: this.#now() + ttl },
    }
  }
}

function checkStore(store: unknown): void {
  const has = (name: string): boolean => typeof Reflect.get(Object(store), name) === 'function'
  if (typeof store === 'object' && has('get') && has('set') && has('destroy')) return
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `${STORE} needs a store made for express-session, with get, set and destroy: the object that 'new' gives, not the class.`,
  )
}

/**
 * Stores that keep files pass the error of a missing one on; express-session takes it for "none", and so do we. Of a
 * database it says that its socket is not there, because it does not run: nothing is known of the session then.
 */
function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' && !isOfConnection(error)
}

function isOfConnection(error: unknown): boolean {
  // Of several addresses, none of which answered; it has the code of the first.
  if (errorsIn(error) !== null) return true
  // Drivers that make an error of their own, as older mysql2 does, keep the code and the message and leave the call out.
  return isError(error) && (Reflect.get(error, 'syscall') === 'connect' || /^connect\b/.test(error.message))
}
