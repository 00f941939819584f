import { type Duration, parseTimeout } from '../core/duration.ts'
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
import { codeOf } from './error-code.ts'
import { encodeKey } from './key-text.ts'
import { lifetime } from './lifetime.ts'
import { mysqlServer } from './mysql/client.ts'
import { explainError, explainMigrationError } from './mysql/explain-error.ts'
import type { MariadbClient } from './mysql/mariadb.ts'
import type { MysqlClient } from './mysql/mysql2.ts'
import { mysqlSchema } from './mysql/schema.ts'
import type { Answer, MysqlServer } from './mysql/server.ts'
import { EXPIRED_BATCH, type MysqlStatements, mysqlStatements } from './mysql/statements.ts'
import { optionsOf, refuseUnknownOptions } from './options.ts'
import { pageLimit } from './page-limit.ts'
import type { BunSqlClient } from './sql/bun-sql.ts'
import { destroyAll } from './sql/destroy-all.ts'
import { ExpiredRows } from './sql/expired-rows.ts'
import { pageOf } from './sql/record-page.ts'
import { recordOf, type SqlValue, valuesOf } from './sql/record-row.ts'
import { DEFAULT_TABLE, tableNameParts } from './sql/table-name.ts'
import { againWhenUndone } from './sql/undone.ts'

export type { MariadbClient, MariadbStatement } from './mysql/mariadb.ts'
export type { MysqlClient, MysqlStatement, TypeCast } from './mysql/mysql2.ts'
export type { BunSqlAnswer, BunSqlClient, BunSqlConnection, BunSqlQuery } from './sql/bun-sql.ts'

/** How a {@link MysqlSessionStore} is set up. */
export interface MysqlSessionStoreOptions {
  /** Names the table, as `table` or `database.table`. Default `'coatcheck_sessions'`, in the connection's own database. */
  table?: string
  /**
   * Sets how long a connection of a pool of mysql2 may leave a statement without its answer before it is thrown away:
   * milliseconds or a duration. Default `'30s'`. A request does not wait that long, the engine sees to that; but mysql2 has no
   * such limit of its own, and connections cut off without a word would fill the pool until the network stack gives them up.
   * Refused for the mariadb connector, which has one: its option `socketTimeout`.
   */
  queryTimeout?: Duration
  /**
   * Sets how often expired rows are deleted: milliseconds or a duration. Default `'5m'`; `false` for never, which
   * leaves it to {@link MysqlSessionStore.deleteExpired}. An expired record is never given out, deleted or not.
   */
  cleanupInterval?: Duration | false
}

/**
 * Keeps sessions in a table of MySQL (8.0 or later) or MariaDB (10.6 or later): for any number of machines.
 *
 * Each statement stands alone, outside any transaction. When a record ends is decided by the server's clock. A
 * failure of the driver is thrown as it came, but for those that have a fix in the settings: a missing table, a
 * wrong password and the like are a {@link ConfigError}.
 */
export class MysqlSessionStore implements ConditionalStore {
  readonly #server: MysqlServer
  readonly #table: string
  readonly #schema: string
  readonly #statements: MysqlStatements
  readonly #expired: ExpiredRows

  /** Names the class in errors, also in minified code. */
  static get name(): string {
    return STORE
  }

  /**
   * Takes the client. Nothing is sent yet.
   * @param client - A pool (better) or a connection of `mysql2/promise` or of `mariadb`, with its default character set,
   * utf8mb4; or a `SQL` of Bun. It stays yours: `dispose` does not end it.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the client is none of these, or an option is unknown or not usable.
   */
  constructor(client: MysqlClient | MariadbClient | BunSqlClient, options: MysqlSessionStoreOptions = {}) {
    const {
      table = DEFAULT_TABLE,
      queryTimeout,
      cleanupInterval = '5m',
      ...unknown
    } = optionsOf(STORE, options)
    refuseUnknownOptions(STORE, unknown, 'table, queryTimeout and cleanupInterval')
    const timeout = queryTimeout === undefined ? undefined : parseTimeout(queryTimeout, 'queryTimeout')
    const parts = tableNameParts(STORE, table, true)
    this.#table = parts.join('.')
    const quoted = parts.map((part) => `\`${part}\``).join('.')
    this.#schema = mysqlSchema(quoted)
    this.#statements = mysqlStatements(quoted)
    this.#expired = new ExpiredRows({
      store: STORE,
      interval: cleanupInterval,
      batchSize: EXPIRED_BATCH,
      deleteBatch: async () => (await this.#ask(this.#statements.deleteExpired, [])).count,
    })
    this.#server = mysqlServer(client, timeout)
  }

  /** Gives the SQL that makes the table and its indexes, for a migration tool of yours. Running it twice does no harm. */
  schema(): string {
    return this.#schema
  }

  /**
   * Makes the table and its indexes unless the table is there. Any number of processes may do it at once.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the server does not let the client in, its connections do not commit by
   * themselves or have another character set than utf8mb4, or the table is missing and the user may not make it.
   * @throws {Error} the server cannot be reached. Either way nothing was changed.
   */
  async migrate(): Promise<void> {
    try {
      await this.#checkConnection()
      if (!(await this.#isThere())) await this.#send(this.#schema, [])
    } catch (error) {
      throw explainMigrationError(error, this.#table)
    }
  }

  /** Gives the record under this id; `null` when there is none or its ttl has run out. */
  async get(id: string): Promise<SessionRecord | null> {
    const { rows } = await this.#ask(this.#statements.get, [encodeKey(id)])
    return rows[0] === undefined ? null : recordOf(rows[0])
  }

  /** Writes the record, whatever was there. */
  async set(id: string, record: SessionRecord, options: WriteOptions): Promise<void> {
    const ttl = lifetime(options.ttl)
    if (ttl === 0) await this.destroy(id)
    else await this.#ask(this.#statements.set, [...valuesOf(id, record), ttl])
  }

  /** Writes a record under an id that is free; `false` when a live record is already there. */
  async create(id: string, record: SessionRecord, options: WriteOptions): Promise<boolean> {
    const ttl = lifetime(options.ttl)
    if (await this.#insert(id, record, ttl)) return true
    // MySQL has no condition on an upsert, so a row that has expired and is not deleted yet takes a second statement.
    const [key = '', ...values] = valuesOf(id, record)
    const { count } = await this.#ask(this.#statements.overwriteExpired, [...values, ttl, key])
    if (count > 0) return true
    // Nothing to overwrite: the row is live, or it was deleted between the two.
    return (await this.#liveRevision(id)) === undefined && this.#insert(id, record, ttl)
  }

  /** Writes over a live record of exactly `options.revision`; with a ttl of zero or less ends it. */
  async replace(id: string, record: SessionRecord, options: ReplaceOptions): Promise<ReplaceOutcome> {
    const ttl = lifetime(options.ttl)
    const [key = '', ...values] = valuesOf(id, record)
    const { count } = await (ttl === 0
      ? this.#ask(this.#statements.end, [key, options.revision])
      : this.#ask(this.#statements.replace, [...values, ttl, key, options.revision]))
    if (count > 0) return 'written'
    const live = await this.#liveRevision(id)
    if (live === undefined) return 'missing'
    // A connection without the flag FOUND_ROWS, as mysql2 has it and Bun does not, does not count a row that had all these values already.
    return live === options.revision && live === record.revision && ttl > 0 ? 'written' : 'conflict'
  }

  /** Extends a live record; `false` when there is none. */
  async touch(id: string, options: TouchOptions): Promise<boolean> {
    const { touchedAt, expiresAt, ttl } = options
    const values = [touchedAt, expiresAt, lifetime(ttl), encodeKey(id)]
    const { count } = await this.#ask(this.#statements.touch, values)
    // As in `replace`: nothing counted may mean nothing to change.
    return count > 0 || (await this.#liveRevision(id)) !== undefined
  }

  /**
   * Removes the record. A missing one is not an error.
   * @throws {Error} the server said three times that there was nothing to delete, and the record still lives.
   */
  async destroy(id: string): Promise<void> {
    for (let time = 1; time <= MOST_DELETES; time++) {
      const { count } = await this.#ask(this.#statements.destroy, [encodeKey(id)])
      // MariaDB may end a DELETE early, for max_statement_time, and answer as if it had found nothing.
      if (count > 0 || (await this.#liveRevision(id)) === undefined) return
    }
    throw new Error(
      `${STORE} could not end the session ${id}: its server answered ${MOST_DELETES} times that there was nothing to delete, and the record is still there. MariaDB does so with a DELETE that it ends early: raise its max_statement_time, and call it again.`,
    )
  }

  /** Gives the live records of one user. */
  async listByUser(user: string): Promise<SessionRecord[]> {
    const { rows } = await this.#ask(this.#statements.listByUser, [encodeKey(user)])
    return rows.map(recordOf)
  }

  /**
   * Removes the live records of one user but `except`, and tells how many they were: in one statement, and one that
   * looks whether any came meanwhile, such as a session under its new id. Those are removed in the same way.
   * @throws {StoreError} `ERR_STORE_CONFLICT` some came after each of 100 times: call it again.
   */
  async destroyByUser(user: string, options: { except?: string } = {}): Promise<number> {
    const values = [encodeKey(user), encodeKey(options.except ?? '') || NO_ID]
    return destroyAll({
      store: STORE,
      destroy: async () => (await this.#ask(this.#statements.destroyByUser, values)).count,
      isAnyLeft: async () => (await this.#ask(this.#statements.anyByUser, values)).count > 0,
    })
  }

  /**
   * Walks all live records in the order of their ids, a page at a time.
   * @param options.limit - How many records a page holds at most, 1 to 10,000. Default 100.
   */
  async entries(options: { cursor?: string; limit?: number } = {}): Promise<RecordPage> {
    const limit = pageLimit(options.limit)
    const after = encodeKey(options.cursor ?? '') || NO_ID
    const { rows } = await this.#ask(this.#statements.page(limit), [after])
    return pageOf(rows.map(recordOf), limit)
  }

  /** Counts live records, exactly: reads the index of deadlines. */
  async count(): Promise<number> {
    const { rows } = await this.#ask(this.#statements.count, [])
    return Number(rows[0]?.[0])
  }

  /**
   * Deletes all rows that are expired now, 500 in a statement with pauses between, and tells how many they were.
   * Rows that another process is deleting are passed over. The store does so by itself every `cleanupInterval`.
   */
  deleteExpired(): Promise<number> {
    return this.#expired.deleteAll()
  }

  /** Stops the cleanup. The client stays open: end it yourself. */
  dispose(): void {
    this.#expired.stop()
  }

  async #insert(id: string, record: SessionRecord, ttl: number): Promise<boolean> {
    try {
      await this.#ask(this.#statements.insert, [...valuesOf(id, record), ttl])
      return true
    } catch (error) {
      // Not INSERT IGNORE, which also ignores data that does not fit and keeps what fits of it.
      if (codeOf(error) === 'ER_DUP_ENTRY') return false
      throw error
    }
  }

  async #liveRevision(id: string): Promise<number | undefined> {
    const { rows } = await this.#ask(this.#statements.liveRevision, [encodeKey(id)])
    return rows[0] === undefined ? undefined : Number(rows[0][0])
  }

  async #checkConnection(): Promise<void> {
    const { rows } = await this.#send(this.#statements.connection, [])
    const [autocommit, ...characterSets] = rows[0] ?? []
    if (Number(autocommit) === 0) throw this.#unusable(AUTOCOMMIT_OFF)
    if (characterSets.some((name) => String(name) !== 'utf8mb4')) throw this.#unusable(OTHER_CHARACTERS)
  }

  #unusable(why: string): ConfigError {
    return new ConfigError('ERR_CONFIG_INVALID', `${STORE} cannot use ${this.#table}: ${why}`)
  }

  async #isThere(): Promise<boolean> {
    try {
      await this.#send(this.#statements.none, [])
      return true
    } catch (error) {
      if (NOT_THERE.has(codeOf(error))) return false
      throw error
    }
  }

  async #ask(sql: string, values: SqlValue[]): Promise<Answer> {
    this.#expired.wake()
    try {
      return await this.#send(sql, values)
    } catch (error) {
      throw explainError(error, this.#table)
    }
  }

  #send(sql: string, values: SqlValue[]): Promise<Answer> {
    return againWhenUndone(UNDONE, () => this.#server.ask(sql, values))
  }
}

const STORE = 'MysqlSessionStore'
const MOST_DELETES = 3
// Comes before every id and is none, whose last space is escaped. Not the empty text, which MariaDB can be set to take for
// NULL: nothing is unequal to that or comes after it.
const NO_ID = ' '
const AUTOCOMMIT_OFF =
  'autocommit is off on its connections, so nothing it writes would be committed. Switch it on: in the settings of the server or the proxy, or with `SET autocommit = 1` on each new connection of the pool.'
const OTHER_CHARACTERS =
  "the character set of its connections is not utf8mb4, so texts would be changed on their way. Leave the option charset of the client out, or set it to 'utf8mb4', and send no SET NAMES of another one."
// The second is also said of a table that may be there, to a user who may not read it: who may yet make tables.
const NOT_THERE = new Set<unknown>(['ER_NO_SUCH_TABLE', 'ER_TABLEACCESS_DENIED_ERROR'])
// A deadlock; and, of MariaDB with innodb_snapshot_isolation, a row that another one changed first, which takes an
// isolation level above the default for statements that stand alone.
const UNDONE = new Set(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD'])
