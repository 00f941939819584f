import { type DataObject, readData } from './data-text.ts'
import { ConfigError } from './errors.ts'
import type { EventHub } from './events.ts'
import { endOf, expiryOf } from './expiry.ts'
import { isOptions } from './option-object.ts'
import type { Policy } from './policy.ts'
import { isRecordOf, type SessionRecord } from './record.ts'
import { storedIdOf } from './session-object.ts'
import type { SessionStore } from './store.ts'
import type { StoreAccess } from './store-access.ts'

/** What is known of one of a user's sessions. */
export interface SessionSummary<Data extends object> {
  /** The session's id: safe to show and to give to `sessions.revoke`. */
  id: string
  /** When it began. Milliseconds since the epoch. */
  createdAt: number
  /** When it was last noted to be in use. Milliseconds since the epoch. */
  touchedAt: number
  /** When it ends if it is not used again. Milliseconds since the epoch. */
  expiresAt: number
  /** A copy of its data. */
  data: Partial<Data>
}

/** All sessions of one user. */
export interface UserSessions<Data extends object> {
  /**
   * Lists the user's live sessions, newest first; with a schema, those that fit it, their data as it makes them.
   * @throws {ConfigError} `ERR_STORE_UNSUPPORTED` the store keeps no index of users.
   * @throws {StoreError} the store failed.
   */
  list(): Promise<SessionSummary<Data>[]>
  /**
   * Ends the user's sessions everywhere: once it answers, none of them is honoured in any process.
   * @param options.except - One session to leave alive, such as the one asking: the session itself, or its id as it is saved.
   * @returns How many were ended.
   * @throws {ConfigError} `ERR_STORE_UNSUPPORTED` the store keeps no index of users; `ERR_CONFIG_INVALID` an option is
   * unknown or no text. Nothing was changed.
   * @throws {StoreError} the store failed; some may have been ended; safe to repeat.
   */
  revoke(options?: { except?: string | { readonly id: string } }): Promise<number>
}

/** Looks after one user's sessions in a store that can find them. */
export class StoredUserSessions<Data extends object> implements UserSessions<Data> {
  readonly #user: string
  readonly #store: SessionStore
  readonly #access: StoreAccess
  readonly #policy: Policy
  readonly #events: EventHub

  constructor(user: string, store: SessionStore, access: StoreAccess, policy: Policy, events: EventHub) {
    this.#user = user
    this.#store = store
    this.#access = access
    this.#policy = policy
    this.#events = events
  }

  async list(): Promise<SessionSummary<Data>[]> {
    const records = await this.#access.run('listByUser', () => {
      if (!this.#store.listByUser) throw this.#unsupported('listByUser')
      return this.#store.listByUser(this.#user)
    })
    const now = this.#policy.now()
    const live = records.filter((record) => this.#isLive(record, now))
    const summaries = await Promise.all(live.map((record) => this.#summary(record)))
    return summaries
      .filter((summary) => summary !== null)
      .sort((left, right) => right.createdAt - left.createdAt)
  }

  async revoke(options: { except?: string | { readonly id: string } } = {}): Promise<number> {
    const except = exceptionOf(options)
    const count = await this.#access.run('destroyByUser', () => {
      if (!this.#store.destroyByUser) throw this.#unsupported('destroyByUser')
      return this.#store.destroyByUser(this.#user, except === undefined ? {} : { except })
    })
    this.#events.emit('revoked', { user: this.#user, count })
    return count
  }

  #isLive(record: SessionRecord | null, now: number): record is SessionRecord {
    return (
      isRecordOf(record, record?.id ?? '') &&
      record.user === this.#user &&
      expiryOf(record, this.#policy, now) === null
    )
  }

  /** Gives none for what a request would not find either, since the schema refuses it. */
  async #summary(record: SessionRecord): Promise<SessionSummary<Data> | null> {
    const { id, createdAt, touchedAt } = record
    const expiresAt = endOf(record, this.#policy)
    const readable: DataObject = readData(record.data, this.#policy.maxBytes) ?? {}
    const verdict = (await this.#policy.validate?.(readable)) ?? { data: readable }
    if (!('data' in verdict)) return null
    // The data is what the application wrote as Data; nothing but a schema could vouch for more.
    return { id, createdAt, touchedAt, expiresAt, data: verdict.data as Partial<Data> }
  }

  #unsupported(ability: string): ConfigError {
    return new ConfigError(
      'ERR_STORE_UNSUPPORTED',
      `${this.#access.name} cannot find the sessions of a user: it has no ${ability}. Use one of the full stores, or add the method to yours.`,
    )
  }
}

/** Gives the id of the session to leave alive. A misspelt `except` would log out the very one who asks. */
function exceptionOf(options: { except?: unknown }): string | undefined {
  if (!isOptions(options)) throw unusable()
  const { except, ...unknown } = options
  if (Object.keys(unknown).length === 0) {
    if (except === undefined || typeof except === 'string') return except
    const id = typeof except === 'object' && except !== null ? idOf(except) : undefined
    if (typeof id === 'string') return id
  }
  throw unusable()
}

function unusable(): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    'revoke() takes nothing, or { except: req.session }, or the id of a session as except. Nobody was logged out.',
  )
}

function idOf(session: object): unknown {
  return storedIdOf(session) ?? Reflect.get(session, 'id')
}
