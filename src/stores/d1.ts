import type { Duration } from '../core/duration.ts'
import type { SessionRecord } from '../core/record.ts'
import type {
  ConditionalStore,
  RecordPage,
  ReplaceOptions,
  ReplaceOutcome,
  TouchOptions,
  WriteOptions,
} from '../core/store.ts'
import { type D1Answer, type D1Binding, type D1Statement, d1Binding } from './d1/binding.ts'
import { CarriedCleanup } from './d1/carried-cleanup.ts'
import { explainError } from './d1/explain-error.ts'
import { migrateD1, schemaText } from './d1/schema.ts'
import { encodeKey } from './key-text.ts'
import { lifetime } from './lifetime.ts'
import { invalidOption, optionsOf, refuseUnknownOptions } from './options.ts'
import { pageLimit } from './page-limit.ts'
import { ExpiredRows } from './sql/expired-rows.ts'
import { pageOf } from './sql/record-page.ts'
import { recordOf, type SqlValue, valuesOf } from './sql/record-row.ts'
import { type SqliteStatements, sqliteStatements } from './sql/sqlite-dialect/statements.ts'
import { DEFAULT_TABLE, tableNameParts } from './sql/table-name.ts'

export type { D1Answer, D1Binding, D1Statement } from './d1/binding.ts'

/** How a {@link D1SessionStore} is set up. */
export interface D1SessionStoreOptions {
  /** Names the table: letters, digits and underscores, at most 48. Default `'coatcheck_sessions'`. */
  table?: string
  /**
   * Sets how often expired rows are deleted: milliseconds or a duration. Default `'5m'`. A session that begins when so much
   * time has passed carries the deletion of 100 rows with it, in its own round trip. `false` for never, which
   * leaves it to {@link D1SessionStore.deleteExpired}. An expired record is never given out, deleted or not.
   */
  cleanupInterval?: Duration | false
  /** Gives the store's clock, in milliseconds since the epoch. Default `Date.now`. */
  now?: () => number
}

/**
 * Keeps sessions in a D1 database of Cloudflare: for Workers, in any number of places.
 *
 * Each operation is one statement and one round trip, so that each write is one atomic step. It has no timer, and does
 * nothing before its first use: it may be made while a module loads. A failure of D1 is thrown as it came, but for those
 * that have a fix in the set-up, such as a missing table: those are a {@link ConfigError}.
 */
export class D1SessionStore implements ConditionalStore {
  readonly #database: D1Binding
  readonly #table: string
  readonly #statements: SqliteStatements<string>
  readonly #now: () => number
  readonly #cleanup: CarriedCleanup
  readonly #expired: ExpiredRows

  /** Names the class in errors, also in minified code. */
  static get name(): string {
    return STORE
  }

  /**
   * Takes the binding. Nothing is sent yet.
   * @param database - The binding itself: `env.DB`. Not what `withSession()` gives, which may read from replicas.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the binding is missing or none to a D1 database, or an option is unknown or
   * not usable.
   */
  constructor(database: D1Binding, options: D1SessionStoreOptions = {}) {
    const { table: name = DEFAULT_TABLE, cleanupInterval = '5m', ...rest } = optionsOf(STORE, options)
    const { now = () => Date.now(), ...unknown } = rest
    refuseUnknownOptions(STORE, unknown, 'table, cleanupInterval and now')
    if (typeof now !== 'function')
      throw invalidOption(STORE, 'now', 'a function giving milliseconds since the epoch', now)
    const [table = DEFAULT_TABLE] = tableNameParts(STORE, name, false)
    this.#table = table
    this.#statements = sqliteStatements(table, (sql) => sql)
    this.#now = now
    this.#cleanup = new CarriedCleanup(cleanupInterval, CARRIED_BATCH)
    this.#expired = new ExpiredRows({
      store: STORE,
      interval: false, // no timers: see CarriedCleanup
      batchSize: EXPIRED_BATCH,
      deleteBatch: () => this.#change('deleteExpired', [this.#now(), EXPIRED_BATCH]),
    })
    this.#database = d1Binding(database)
  }

  /** Gives the SQL that makes the table and its indexes, for a migration of wrangler. Running it twice does no harm. */
  schema(): string {
    return schemaText(this.#table)
  }

  /**
   * Makes the table and its indexes unless they are there, in two round trips. Any number of Workers may do it at once.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the table is of a newer version than this release knows, and nothing was
   * changed; or the names of its indexes are taken; or the name of the table is one that may not be.
   */
  migrate(): Promise<void> {
    return this.#explained(migrateD1(this.#database, STORE, this.#table))
  }

  /** Gives the record under this id; `null` when there is none or its ttl has run out. */
  async get(id: string): Promise<SessionRecord | null> {
    const [row] = await this.#rows('get', [encodeKey(id), this.#now()])
    return row === undefined ? null : recordOf(row)
  }

  /** Writes the record, whatever was there. */
  async set(id: string, record: SessionRecord, options: WriteOptions): Promise<void> {
    const ttl = lifetime(options.ttl)
    if (ttl === 0) await this.destroy(id)
    else await this.#change('set', [...valuesOf(id, record), this.#now() + ttl])
  }

  /**
   * Writes a record under an id that is free; `false` when a live record is already there. Once every `cleanupInterval` it
   * deletes up to 100 expired rows in the same round trip: if that fails, no record is written.
   */
  async create(id: string, record: SessionRecord, options: WriteOptions): Promise<boolean> {
    const now = this.#now()
    const values = [...valuesOf(id, record), now + lifetime(options.ttl), now]
    if (!this.#cleanup.isDue(now)) return (await this.#change('create', values)) > 0
    const deletion = this.#bound('deleteExpired', [now, CARRIED_BATCH])
    const answers = this.#database.batch([this.#bound('create', values), deletion])
    const [created, deleted] = await this.#explained(answers)
    this.#cleanup.removed(changesOf(deleted))
    return changesOf(created) > 0
  }

  /** Writes over a live record of exactly `options.revision`; with a ttl of zero or less ends it. */
  async replace(id: string, record: SessionRecord, options: ReplaceOptions): Promise<ReplaceOutcome> {
    const now = this.#now()
    const ttl = lifetime(options.ttl)
    const [key = '', ...values] = valuesOf(id, record)
    const changes = await (ttl === 0
      ? this.#change('end', [key, options.revision, now])
      : this.#change('replace', [...values, now + ttl, key, options.revision, now]))
    if (changes > 0) return 'written'
    const live = await this.#rows('isLive', [key, this.#now()])
    return live.length > 0 ? 'conflict' : 'missing'
  }

  /** Extends a live record; `false` when there is none. */
  async touch(id: string, options: TouchOptions): Promise<boolean> {
    const now = this.#now()
    const { touchedAt, expiresAt, ttl } = options
    const values = [touchedAt, expiresAt, now + lifetime(ttl), encodeKey(id), now]
    return (await this.#change('touch', values)) > 0
  }

  /** Removes the record. A missing one is not an error. */
  async destroy(id: string): Promise<void> {
    await this.#change('destroy', [encodeKey(id)])
  }

  /** Gives the live records of one user. */
  async listByUser(user: string): Promise<SessionRecord[]> {
    const rows = await this.#rows('listByUser', [encodeKey(user), this.#now()])
    return rows.map(recordOf)
  }

  /** Removes the live records of one user but `except`, in one statement, and tells how many they were. */
  async destroyByUser(user: string, options: { except?: string } = {}): Promise<number> {
    const kept = encodeKey(options.except ?? '') // no session has the empty id
    return this.#change('destroyByUser', [encodeKey(user), kept, this.#now()])
  }

  /**
   * Walks all live records in the order of their ids, a page at a time.
   * @param options.limit - How many records a page holds at most, 1 to 10,000. Default 100. D1 gives no more than 50 MB at once.
   */
  async entries(options: { cursor?: string; limit?: number } = {}): Promise<RecordPage> {
    const limit = pageLimit(options.limit)
    const rows = await this.#rows('page', [encodeKey(options.cursor ?? ''), this.#now(), limit])
    return pageOf(rows.map(recordOf), limit)
  }

  /** Counts live records, exactly: reads the index of deadlines, and is billed as one row read for each. */
  async count(): Promise<number> {
    const [row] = await this.#rows('count', [this.#now()])
    return Number(row?.[0])
  }

  /**
   * Deletes all rows that are expired now, 1,000 in a statement with pauses between, and tells how many they were: for a
   * handler of `scheduled`. When it fails, what was deleted until then stays deleted.
   */
  deleteExpired(): Promise<number> {
    return this.#expired.deleteAll()
  }

  #bound(statement: keyof SqliteStatements<string>, values: SqlValue[]): D1Statement {
    return this.#database.prepare(this.#statements[statement]).bind(...values)
  }

  #rows(statement: keyof SqliteStatements<string>, values: SqlValue[]): Promise<unknown[][]> {
    return this.#explained(this.#bound(statement, values).raw())
  }

  async #change(statement: keyof SqliteStatements<string>, values: SqlValue[]): Promise<number> {
    return changesOf(await this.#explained(this.#bound(statement, values).run()))
  }

  async #explained<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      throw explainError(error, this.#table)
    }
  }
}

const STORE = 'D1SessionStore'
// Few, as the beginning of a session waits for them.
const CARRIED_BATCH = 100
// More, as a Worker may send only so many statements at each call, and D1 answers nobody else meanwhile for some 20 ms.
const EXPIRED_BATCH = 1_000

/** Taken for none, a change that was made would be made again. */
function changesOf(answer: D1Answer | undefined): number {
  const changes = answer?.meta.changes
  if (typeof changes === 'number') return changes
  throw new Error(`${STORE} was not told by its database how many rows a statement changed (meta.changes).`)
}
