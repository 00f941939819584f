import type { Duration } from '../core/duration.ts'
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
import { encodeKey } from './key-text.ts'
import { lifetime } from './lifetime.ts'
import { clockOf, invalidOption, optionsOf, refuseUnknownOptions } from './options.ts'
import { pageLimit } from './page-limit.ts'
import { checkBunSql, isBunSql } from './sql/bun-sql.ts'
import { ExpiredRows } from './sql/expired-rows.ts'
import { pageOf } from './sql/record-page.ts'
import { recordOf, valuesOf } from './sql/record-row.ts'
import { type SqliteStatements, sqliteStatements } from './sql/sqlite-dialect/statements.ts'
import { DEFAULT_TABLE, tableNameParts } from './sql/table-name.ts'
import {
  isLibsqlDatabase,
  isSqliteDatabase,
  type SqliteDatabase,
  type SqliteStatement,
} from './sqlite/database.ts'
import { disposedStatements } from './sqlite/disposed.ts'
import { adoptDatabase, openDatabase } from './sqlite/open.ts'
import { createSchema } from './sqlite/schema.ts'
import { startError } from './sqlite/start-error.ts'

export type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite/database.ts'

/** How a {@link SqliteSessionStore} is set up. */
export interface SqliteSessionStoreOptions {
  /** Names the table: letters, digits and underscores, at most 48. Default `'coatcheck_sessions'`. Made when missing. */
  table?: string
  /**
   * Says when a write waits for the disk. Both keep every acknowledged write when the process is killed.
   * `'NORMAL'` may lose the last moments before a power loss or a crash of the operating system, and leaves the
   * file whole; `'FULL'` loses nothing then, at one disk flush a write. Default: `'NORMAL'` on a path; on a
   * database that you opened, what you set there.
   */
  synchronous?: 'NORMAL' | 'FULL'
  /**
   * Sets how many milliseconds a write waits for another process's write to end before it fails; the event loop
   * waits with it. Default 2,000, at most 60,000; on a database that you opened, what you set there unless that is 0.
   */
  busyTimeout?: number
  /**
   * Sets how often expired rows are deleted: milliseconds or a duration. Default `'5m'`; `false` for never, which
   * leaves it to {@link SqliteSessionStore.deleteExpired}. An expired record is never given out, deleted or not.
   */
  cleanupInterval?: Duration | false
  /** Gives the store's clock, in milliseconds since the epoch. Default `Date.now`. */
  now?: () => number
}

/**
 * Keeps sessions in a SQLite file: for one machine, with any number of processes on the file, and no server.
 *
 * Every method answers without a promise. Each write is one statement that has reached the operating system when
 * it returns, so that killing the process loses nothing that was acknowledged.
 */
export class SqliteSessionStore implements ConditionalStore {
  readonly #database: SqliteDatabase
  readonly #isOwn: boolean
  #statements: SqliteStatements<SqliteStatement>
  readonly #now: () => number
  readonly #expired: ExpiredRows
  #disposed = false

  /** Names the class in errors, also in minified code. */
  static get name(): string {
    return STORE
  }

  /**
   * Opens the store and makes its table when it is missing.
   * @param database - A path or `':memory:'`, which the store opens with the runtime's own SQLite in WAL mode and
   * closes on `dispose`; or an open database of `node:sqlite`, better-sqlite3 or `bun:sqlite`, which stays yours:
   * its journal mode is left alone, and a `busy_timeout` of 0 becomes 2,000.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` an option is unknown or not usable, the path is empty, the file cannot be
   * opened, or the table is not one of ours. `ERR_PEER_MISSING` a path was given and the runtime has no SQLite. Nothing stays open.
   */
  constructor(database: SqliteDatabase | string, options: SqliteSessionStoreOptions = {}) {
    const {
      table: name = DEFAULT_TABLE,
      synchronous,
      busyTimeout,
      cleanupInterval = '5m',
      now,
      ...unknown
    } = optionsOf(STORE, options)
    refuseUnknownOptions(STORE, unknown, 'table, synchronous, busyTimeout, cleanupInterval and now')
    checkConnectionSettings(synchronous, busyTimeout)
    this.#now = clockOf(STORE, now)
    const [table = DEFAULT_TABLE] = tableNameParts(STORE, name, false)
    this.#expired = new ExpiredRows({
      store: STORE,
      interval: cleanupInterval,
      batchSize: EXPIRED_BATCH,
      deleteBatch: () => Number(this.#statements.deleteExpired.run(this.#now(), EXPIRED_BATCH).changes),
    })
    this.#isOwn = typeof database === 'string'
    this.#database = connect(database, { synchronous, busyTimeout })
    try {
      this.#statements = prepareTable(this.#database, table)
    } catch (error) {
      if (this.#isOwn) this.#database.close()
      throw error
    }
  }

  /** Gives the record under this id; `null` when there is none or its ttl has run out. */
  get(id: string): SessionRecord | null {
    const row = this.#statements.get.get(encodeKey(id), this.#now())
    return isRow(row) ? recordOf(Object.values(row)) : null
  }

  /** Writes the record, whatever was there. */
  set(id: string, record: SessionRecord, options: WriteOptions): void {
    this.#expired.wake()
    const ttl = lifetime(options.ttl)
    if (ttl === 0) this.destroy(id)
    else this.#statements.set.run(...valuesOf(id, record), this.#now() + ttl)
  }

  /** Writes a record under an id that is free; `false` when a live record is already there. */
  create(id: string, record: SessionRecord, options: WriteOptions): boolean {
    this.#expired.wake()
    const now = this.#now()
    const { changes } = this.#statements.create.run(...valuesOf(id, record), now + lifetime(options.ttl), now)
    return Number(changes) > 0
  }

  /** Writes over a live record of exactly `options.revision`; with a ttl of zero or less ends it. */
  replace(id: string, record: SessionRecord, options: ReplaceOptions): ReplaceOutcome {
    this.#expired.wake()
    const { replace, end, look } = this.#statements
    const now = this.#now()
    const ttl = lifetime(options.ttl)
    const [key = '', ...values] = valuesOf(id, record)
    const { changes } =
      ttl === 0
        ? end.run(key, options.revision, now)
        : replace.run(...values, now + ttl, key, options.revision, now)
    if (Number(changes) > 0) return 'written'
    return isRow(look.get(key, now)) ? 'conflict' : 'missing'
  }

  /** Extends a live record; `false` when there is none. */
  touch(id: string, options: TouchOptions): boolean {
    this.#expired.wake()
    const now = this.#now()
    const { touchedAt, expiresAt } = options
    const { changes } = this.#statements.touch.run(
      touchedAt,
      expiresAt,
      now + lifetime(options.ttl),
      encodeKey(id),
      now,
    )
    return Number(changes) > 0
  }

  /** Removes the record. A missing one is not an error. */
  destroy(id: string): void {
    this.#statements.destroy.run(encodeKey(id))
  }

  /** Gives the live records of one user. */
  listByUser(user: string): SessionRecord[] {
    return recordsOf(this.#statements.listByUser.all(encodeKey(user), this.#now()))
  }

  /** Removes the live records of one user but `except`, in one statement, and tells how many they were. */
  destroyByUser(user: string, options: { except?: string } = {}): number {
    const kept = encodeKey(options.except ?? '') // no session has the empty id
    return Number(this.#statements.destroyByUser.run(encodeKey(user), kept, this.#now()).changes)
  }

  /**
   * Walks all live records in the order of their ids, a page at a time.
   * @param options.limit - How many records a page holds at most, 1 to 10,000. Default 100.
   */
  entries(options: { cursor?: string; limit?: number } = {}): RecordPage {
    const limit = pageLimit(options.limit)
    const rows = this.#statements.page.all(encodeKey(options.cursor ?? ''), this.#now(), limit)
    return pageOf(recordsOf(rows), limit)
  }

  /** Counts live records, exactly: reads the index of deadlines, about 20 ms per million. */
  count(): number {
    const row = this.#statements.count.get(this.#now())
    return isRow(row) ? Number(Object.values(row)[0]) : 0
  }

  /**
   * Deletes all rows that are expired now, 100 in a statement with pauses between, and tells how many they were.
   * The store does so by itself every `cleanupInterval`.
   */
  deleteExpired(): Promise<number> {
    return this.#expired.deleteAll()
  }

  /** Stops the cleanup, and closes the database if the store opened it: afterwards, calls throw an error that says so. */
  dispose(): void {
    this.#expired.stop()
    if (!this.#isOwn || this.#disposed) return
    this.#database.close()
    this.#disposed = true
    this.#statements = disposedStatements()
  }
}

const STORE = 'SqliteSessionStore'
const LONGEST_BUSY_TIMEOUT_MS = 60_000
// How many expired rows go in one statement: some 5 ms, the longest a request can be held up by the cleanup.
const EXPIRED_BATCH = 100

function checkConnectionSettings(synchronous: unknown, busyTimeout: unknown): void {
  if (synchronous !== undefined && synchronous !== 'NORMAL' && synchronous !== 'FULL')
    throw invalidOption(STORE, 'synchronous', "'NORMAL' or 'FULL'", synchronous)
  if (busyTimeout === undefined) return
  const isWhole = typeof busyTimeout === 'number' && Number.isInteger(busyTimeout)
  if (!isWhole || busyTimeout < 0 || busyTimeout > LONGEST_BUSY_TIMEOUT_MS)
    throw invalidOption(STORE, 'busyTimeout', 'whole milliseconds from 0 to 60,000', busyTimeout)
}

function connect(
  database: SqliteDatabase | string,
  settings: Parameters<typeof openDatabase>[1],
): SqliteDatabase {
  if (typeof database === 'string') {
    if (database.trim() === '') throw emptyPath()
    return openDatabase(database, settings)
  }
  if (isBunSql(database)) checkBunSql(STORE, database, [])
  if (isLibsqlDatabase(database)) {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      `${STORE} was given a database of libsql, which tells writes as done that it has not committed, once it has found the file locked. Give it the path of the file, or an open database of node:sqlite, better-sqlite3 or bun:sqlite.`,
    )
  }
  if (isSqliteDatabase(database)) return adoptDatabase(database, settings)
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    "SqliteSessionStore needs a path such as 'sessions.db', or an open database of node:sqlite, better-sqlite3 or bun:sqlite. For Cloudflare D1 there is D1SessionStore, of coatcheck/stores/d1, and for a client of libSQL LibsqlSessionStore, of coatcheck/stores/libsql.",
  )
}

// To SQLite, no path at all is a database in a temporary file: each store has one of its own, and it goes with the process.
function emptyPath(): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    "SqliteSessionStore was given an empty path, and would have kept the sessions nowhere. Give it a path such as 'sessions.db', or ':memory:'; if it comes from the environment, see that the variable is set.",
  )
}

function prepareTable(database: SqliteDatabase, table: string): SqliteStatements<SqliteStatement> {
  try {
    createSchema(database, STORE, table)
    return sqliteStatements(table, (sql) => database.prepare(sql))
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw startError(`use the table ${table}`, cause, 'Check the file and the disk that it is on.')
  }
}

function isRow(row: unknown): row is object {
  return typeof row === 'object' && row !== null
}

function recordsOf(rows: readonly unknown[]): SessionRecord[] {
  return rows.filter(isRow).map((row) => recordOf(Object.values(row)))
}
