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
import { invalidOption, optionsOf, refuseUnknownOptions } from './options.ts'
import { pageLimit } from './page-limit.ts'
import { type PgClient, type PostgresJsClient, postgresServer } from './postgres/client.ts'
import { explainError, explainMigrationError } from './postgres/explain-error.ts'
import { INDEX_NAMES_TAKEN, INDEXES_THERE, postgresSchema, underMigrationLock } from './postgres/schema.ts'
import type { Answer, PostgresServer } from './postgres/server.ts'
import { EXPIRED_BATCH, type PostgresStatements, postgresStatements } from './postgres/statements.ts'
import type { BunSqlClient } from './sql/bun-sql.ts'
import { destroyAll } from './sql/destroy-all.ts'
import { ExpiredRows } from './sql/expired-rows.ts'
import { pageOf } from './sql/record-page.ts'
import { recordOf, type SqlValue, valuesOf } from './sql/record-row.ts'
import { DEFAULT_TABLE, tableNameParts } from './sql/table-name.ts'
import { againWhenUndone } from './sql/undone.ts'

export type {
  PgClient,
  PgStatement,
  PostgresJsClient,
  PostgresJsConnection,
  PostgresJsQuery,
  PostgresJsRows,
} from './postgres/client.ts'
export type { BunSqlAnswer, BunSqlClient, BunSqlConnection, BunSqlQuery } from './sql/bun-sql.ts'

/** How a {@link PostgresSessionStore} is set up. */
export interface PostgresSessionStoreOptions {
  /** Names the table, as `table` or `schema.table`. Default `'coatcheck_sessions'`, in the connection's own schema. */
  table?: string
  /**
   * Allows statements to be prepared by name, which saves the server their planning, and postgres.js a round trip
   * each. Default `false`: a prepared statement belongs to a connection, and a transaction pooler swaps connections. Bun
   * prepares them unless its own option `prepare` is `false`, and is refused then without this one.
   */
  prepare?: boolean
  /**
   * Sets how often expired rows are deleted: milliseconds or a duration. Default `'5m'`; `false` for never, which
   * leaves it to {@link PostgresSessionStore.deleteExpired}. An expired record is never given out, deleted or not.
   */
  cleanupInterval?: Duration | false
}

/**
 * Keeps sessions in a PostgreSQL table: for any number of machines. PostgreSQL 12 or later, in an UTF-8 database.
 *
 * Each statement stands alone, outside any transaction, so that it works behind a transaction pooler. When a
 * record ends is decided by the server's clock. A failure of the driver is thrown as it came, but for those that
 * have a fix in the settings: a missing table, a wrong password and the like are a {@link ConfigError}.
 */
export class PostgresSessionStore implements ConditionalStore {
  readonly #server: PostgresServer
  readonly #table: string
  readonly #schema: string
  /** What `migrate` makes: the table, quoted, and its indexes. */
  readonly #made: string[]
  readonly #statements: PostgresStatements
  readonly #names: string
  readonly #expired: ExpiredRows

  /** Names the class in errors, also in minified code. */
  static get name(): string {
    return STORE
  }

  /**
   * Takes the client. Nothing is sent yet.
   * @param client - A `Pool` (better) or a connected `Client` of `pg`, the `sql` function of postgres.js, or a `SQL` of Bun
   * with `prepare: false`. It stays yours: `dispose` does not end it. The store listens for a pool's `error` event, which
   * would end the process when the server goes down and nobody listens.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the client is none of these, or a `pg` client with its option `binary`, or a
   * postgres.js client with `transform.row`, or one of Bun that prepares statements while the option `prepare` is not
   * set, or an option is unknown or not usable.
   */
  constructor(client: PgClient | PostgresJsClient | BunSqlClient, options: PostgresSessionStoreOptions = {}) {
    const {
      table = DEFAULT_TABLE,
      prepare = false,
      cleanupInterval = '5m',
      ...unknown
    } = optionsOf(STORE, options)
    refuseUnknownOptions(STORE, unknown, 'table, prepare and cleanupInterval')
    if (typeof prepare !== 'boolean') throw invalidOption(STORE, 'prepare', 'true or false', prepare)
    const parts = tableNameParts(STORE, table, true)
    this.#table = parts.join('.')
    const quoted = parts.map((part) => `"${part}"`).join('.')
    const unqualified = parts.at(-1)
    const indexes = [`${unqualified}_user_id`, `${unqualified}_dies_at`] as const
    this.#made = [quoted, ...indexes]
    this.#schema = postgresSchema(quoted, `"${indexes[0]}"`, `"${indexes[1]}"`)
    this.#statements = postgresStatements(quoted)
    this.#names = `coatcheck_${++instances}`
    this.#expired = new ExpiredRows({
      store: STORE,
      interval: cleanupInterval,
      batchSize: EXPIRED_BATCH,
      deleteBatch: async () => (await this.#ask('deleteExpired', [EXPIRED_BATCH])).count,
    })
    this.#server = postgresServer(client, prepare)
  }

  /** Gives the SQL that makes the table and its indexes, for a migration tool of yours. Running it twice does no harm. */
  schema(): string {
    return this.#schema
  }

  /**
   * Makes the table and its indexes unless they are there, and then changes and locks nothing. Any number of processes
   * may do it at once.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the server does not let the client in, or something is missing and the
   * role may not make it. Nothing was changed. Or another table has the name of an index: the table is made, without it.
   * @throws {Error} the server cannot be reached. Nothing was changed.
   */
  async migrate(): Promise<void> {
    try {
      const { count } = await this.#server.ask(`${this.#names}_migrate`, INDEXES_THERE, this.#made)
      if (count === 2) return
      await this.#server.run(underMigrationLock(this.#schema))
      const { rows } = await this.#server.ask(`${this.#names}_taken`, INDEX_NAMES_TAKEN, this.#made)
      if (rows[0] !== undefined) throw indexNameTaken(this.#table, rows[0])
    } catch (error) {
      throw explainMigrationError(error, this.#table)
    }
  }

  /** Gives the record under this id; `null` when there is none or its ttl has run out. */
  async get(id: string): Promise<SessionRecord | null> {
    const { rows } = await this.#ask('get', [encodeKey(id)])
    return rows[0] === undefined ? null : recordOf(rows[0])
  }

  /** Writes the record, whatever was there. */
  async set(id: string, record: SessionRecord, options: WriteOptions): Promise<void> {
    const ttl = lifetime(options.ttl)
    if (ttl === 0) await this.destroy(id)
    else await this.#ask('set', [...valuesOf(id, record), ttl])
  }

  /** Writes a record under an id that is free; `false` when a live record is already there. */
  async create(id: string, record: SessionRecord, options: WriteOptions): Promise<boolean> {
    const { count } = await this.#ask('create', [...valuesOf(id, record), lifetime(options.ttl)])
    return count > 0
  }

  /** Writes over a live record of exactly `options.revision`; with a ttl of zero or less ends it. */
  async replace(id: string, record: SessionRecord, options: ReplaceOptions): Promise<ReplaceOutcome> {
    const ttl = lifetime(options.ttl)
    const { count } = await (ttl === 0
      ? this.#ask('end', [encodeKey(id), options.revision])
      : this.#ask('replace', [...valuesOf(id, record), ttl, options.revision]))
    if (count > 0) return 'written'
    // Asked afterwards, not in the same statement, which would see the table as it was before it waited for a lock.
    const live = await this.#ask('isLive', [encodeKey(id)])
    return live.count > 0 ? 'conflict' : 'missing'
  }

  /** Extends a live record; `false` when there is none. */
  async touch(id: string, options: TouchOptions): Promise<boolean> {
    const { touchedAt, expiresAt, ttl } = options
    const { count } = await this.#ask('touch', [encodeKey(id), touchedAt, expiresAt, lifetime(ttl)])
    return count > 0
  }

  /** Removes the record. A missing one is not an error. */
  async destroy(id: string): Promise<void> {
    await this.#ask('destroy', [encodeKey(id)])
  }

  /** Gives the live records of one user. */
  async listByUser(user: string): Promise<SessionRecord[]> {
    const { rows } = await this.#ask('listByUser', [encodeKey(user)])
    return rows.map(recordOf)
  }

  /**
   * Removes the live records of one user but `except`, and tells how many they were: in one statement, and one that
   * looks whether any came meanwhile, such as a session under its new id. Those are removed in the same way.
   * @throws {StoreError} `ERR_STORE_CONFLICT` some came after each of 100 times: call it again.
   */
  async destroyByUser(user: string, options: { except?: string } = {}): Promise<number> {
    const values = [encodeKey(user), encodeKey(options.except ?? '')] // no session has the empty id
    return destroyAll({
      store: STORE,
      destroy: async () => (await this.#ask('destroyByUser', values)).count,
      isAnyLeft: async () => (await this.#ask('anyByUser', values)).count > 0,
    })
  }

  /**
   * Walks all live records in the order of their ids, a page at a time.
   * @param options.limit - How many records a page holds at most, 1 to 10,000. Default 100.
   */
  async entries(options: { cursor?: string; limit?: number } = {}): Promise<RecordPage> {
    const limit = pageLimit(options.limit)
    const { rows } = await this.#ask('page', [encodeKey(options.cursor ?? ''), limit])
    return pageOf(rows.map(recordOf), limit)
  }

  /** Counts live records, exactly: reads the index of deadlines. */
  async count(): Promise<number> {
    const { rows } = await this.#ask('count', [0])
    return Number(rows[0]?.[0])
  }

  /**
   * Deletes all rows that are expired now, 500 in a statement with pauses between, and tells how many they were.
   * Rows that another process is deleting are passed over. The store does so by itself every `cleanupInterval`.
   */
  deleteExpired(): Promise<number> {
    return this.#expired.deleteAll()
  }

  /** Stops the cleanup and lets go of the client, which stays open: end it yourself. */
  dispose(): void {
    this.#expired.stop()
    this.#server.release()
  }

  async #ask(statement: keyof PostgresStatements, values: SqlValue[]): Promise<Answer> {
    this.#expired.wake()
    try {
      const name = `${this.#names}_${statement}`
      return await againWhenUndone(UNDONE, () => this.#server.ask(name, this.#statements[statement], values))
    } catch (error) {
      throw explainError(error, this.#table)
    }
  }
}

const STORE = 'PostgresSessionStore'
// serialization_failure, which takes an isolation level above the default, and deadlock_detected
const UNDONE = new Set(['40001', '40P01'])

// Names of prepared statements must not be shared by two stores: their tables may differ.
let instances = 0

function indexNameTaken(table: string, [holder, name]: unknown[]): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `${STORE} cannot make an index of ${table}: ${holder} has the name ${name}, as a table that was renamed has. Rename that index (ALTER INDEX ... RENAME TO ...) or drop it, and call migrate() again. Or name another table with the option table.`,
  )
}
