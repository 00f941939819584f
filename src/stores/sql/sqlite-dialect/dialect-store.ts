import type { Duration } from '../../../core/duration.ts'
import type { SessionRecord } from '../../../core/record.ts'
import type {
  ConditionalStore,
  RecordPage,
  ReplaceOptions,
  ReplaceOutcome,
  TouchOptions,
  WriteOptions,
} from '../../../core/store.ts'
import { encodeKey } from '../../key-text.ts'
import { lifetime } from '../../lifetime.ts'
import { clockOf, optionsOf, refuseUnknownOptions } from '../../options.ts'
import { pageLimit } from '../../page-limit.ts'
import { createWriteMarks } from '../../write-marks.ts'
import { CarriedCleanup } from '../carried-cleanup.ts'
import { ExpiredRows } from '../expired-rows.ts'
import { pageOf } from '../record-page.ts'
import { recordOf, type SqlValue, valuesOf } from '../record-row.ts'
import { DEFAULT_TABLE, tableNameParts } from '../table-name.ts'
import type { BoundSql, SqliteDialectDatabase } from './database.ts'
import { markedStatements } from './marked-statements.ts'
import { schemaText, setUpTable } from './set-up.ts'
import { type SqliteStatements, sqliteStatements } from './statements.ts'

/** How a {@link SqliteDialectStore} is set up. */
export interface SqliteDialectStoreOptions {
  /** Names the table: letters, digits and underscores, at most 48. Default `'coatcheck_sessions'`. */
  table?: string
  /**
   * Sets how often expired rows are deleted: milliseconds or a duration. Default `'5m'`. A session that begins when so much
   * time has passed carries the deletion of 100 rows with it, in its own round trip. `false` for never, which
   * leaves it to `deleteExpired()`. An expired record is never given out, deleted or not.
   */
  cleanupInterval?: Duration | false
  /** Gives the store's clock, in milliseconds since the epoch. Default `Date.now`. */
  now?: () => number
}

/** What one store has of its own. */
export interface SqliteDialect {
  /** The class's name, for errors. */
  store: string
  /** Checks the client and makes a database of it. Called once all options are found good. */
  connect: () => SqliteDialectDatabase
  /** Makes of a driver's error one that names the fix, where there is one. */
  explain: (error: unknown, table: string) => unknown
  /** Whether the driver may send a statement twice, so that each write has to leave a mark. */
  sendsTwice: boolean
}

/**
 * Keeps sessions in a database that speaks SQLite's SQL and is asked over a network: what the stores for such databases are.
 *
 * Each operation is one statement and one round trip, so that each write is one atomic step. There is no timer, and nothing
 * happens before the first use: not even a random number is drawn, which Workers refuse while a module loads.
 */
export class SqliteDialectStore implements ConditionalStore {
  readonly #dialect: SqliteDialect
  readonly #database: SqliteDialectDatabase
  readonly #table: string
  readonly #statements: SqliteStatements<string>
  readonly #now: () => number
  readonly #newMark: () => string[]
  readonly #cleanup: CarriedCleanup
  readonly #expired: ExpiredRows

  /**
   * Checks the options. Nothing is sent yet.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` one of them is unknown or not usable.
   */
  constructor(dialect: SqliteDialect, options: SqliteDialectStoreOptions) {
    const { store, sendsTwice } = dialect
    const { table: name = DEFAULT_TABLE, cleanupInterval = '5m', now, ...unknown } = optionsOf(store, options)
    refuseUnknownOptions(store, unknown, 'table, cleanupInterval and now')
    this.#now = clockOf(store, now)
    const [table = DEFAULT_TABLE] = tableNameParts(store, name, false)
    const newMark = createWriteMarks()
    this.#dialect = dialect
    this.#table = table
    this.#statements = sendsTwice ? markedStatements(table) : sqliteStatements(table, (sql) => sql)
    this.#newMark = () => (sendsTwice ? [newMark()] : [])
    this.#cleanup = new CarriedCleanup(cleanupInterval, CARRIED_BATCH)
    this.#expired = new ExpiredRows({
      store,
      interval: false, // no timers: see CarriedCleanup
      batchSize: EXPIRED_BATCH,
      deleteBatch: () => this.#change('deleteExpired', [this.#now(), EXPIRED_BATCH]),
    })
    this.#database = dialect.connect()
  }

  /** Gives the SQL that makes the table and its indexes, for a migration tool of yours. Running it twice does no harm. */
  schema(): string {
    return schemaText(this.#table, this.#dialect.sendsTwice)
  }

  /**
   * Makes the table and its indexes unless they are there, in two round trips. Any number of processes may do it at once.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the table is of a newer version than this release knows, and nothing was
   * changed; or the names of its indexes are taken; or the name of the table is one that may not be.
   */
  migrate(): Promise<void> {
    const { store, sendsTwice } = this.#dialect
    return this.#explained(setUpTable(this.#database, store, this.#table, sendsTwice))
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
    const mark = this.#newMark()
    const values = [...valuesOf(id, record), now + lifetime(options.ttl), now, ...mark]
    const changes = this.#cleanup.isDue(now)
      ? await this.#createAndCleanUp(values, now)
      : await this.#change('create', values)
    return changes > 0 || (mark.length > 0 && (await this.#look(id, mark)) === 'written')
  }

  async #createAndCleanUp(values: SqlValue[], now: number): Promise<number> {
    const deletion = this.#bound('deleteExpired', [now, CARRIED_BATCH])
    const answers = this.#database.transact([this.#bound('create', values), deletion])
    const [created, deleted] = await this.#explained(answers)
    if (created === undefined || deleted === undefined)
      throw new Error(`${this.#dialect.store} was not told by its database what became of two statements.`)
    this.#cleanup.removed(deleted.changes)
    return created.changes
  }

  /** Writes over a live record of exactly `options.revision`; with a ttl of zero or less ends it. */
  async replace(id: string, record: SessionRecord, options: ReplaceOptions): Promise<ReplaceOutcome> {
    const now = this.#now()
    const ttl = lifetime(options.ttl)
    const mark = this.#newMark()
    const [key = '', ...values] = valuesOf(id, record)
    const changes = await (ttl === 0
      ? this.#change('end', [key, options.revision, now, ...mark])
      : this.#change('replace', [...values, now + ttl, key, options.revision, now, ...mark]))
    return changes > 0 ? 'written' : this.#look(id, mark)
  }

  /** Says why a write changed nothing. With marks it may have: when it came a second time. */
  async #look(id: string, mark: string[]): Promise<ReplaceOutcome> {
    const [row] = await this.#rows('look', [encodeKey(id), this.#now(), ...mark])
    if (row === undefined) return 'missing'
    return Number(row[0]) === 1 ? 'written' : 'conflict'
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
   * @param options.limit - How many records a page holds at most, 1 to 10,000. Default 100. Databases limit how many bytes they
   * give at once: ask for fewer records where sessions are large.
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
   * job that runs now and then. When it fails, what was deleted until then stays deleted.
   */
  deleteExpired(): Promise<number> {
    return this.#expired.deleteAll()
  }

  #bound(statement: keyof SqliteStatements<string>, values: SqlValue[]): BoundSql {
    return { sql: this.#statements[statement], values }
  }

  #rows(statement: keyof SqliteStatements<string>, values: SqlValue[]): Promise<readonly unknown[][]> {
    return this.#explained(this.#database.rows(this.#bound(statement, values)))
  }

  #change(statement: keyof SqliteStatements<string>, values: SqlValue[]): Promise<number> {
    return this.#explained(this.#database.change(this.#bound(statement, values)))
  }

  async #explained<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      throw this.#dialect.explain(error, this.#table)
    }
  }
}

// Few, as the beginning of a session waits for them.
const CARRIED_BATCH = 100
// More, as a Worker may send only so many statements at each call, and D1 answers nobody else meanwhile for some 20 ms.
const EXPIRED_BATCH = 1_000
