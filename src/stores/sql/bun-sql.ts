import { ConfigError } from '../../core/errors.ts'
import { isError } from '../../core/is-error.ts'
import type { SqlValue } from './record-row.ts'

/** The `SQL` of Bun (`new SQL(url)`, or `Bun.sql`), as far as the stores use it. */
export interface BunSqlClient {
  /** Takes a connection out of the pool, once one is idle. */
  reserve(): PromiseLike<BunSqlConnection>
  /** Builds a statement. Only tells this client from others: never called on it. */
  unsafe(sql: string, values?: SqlValue[]): BunSqlQuery
  /** What it was set up as. */
  readonly options: {
    /** Which database it speaks to. */
    readonly adapter?: string | undefined
    /** Whether it prepares statements by name. */
    readonly prepare?: boolean | undefined
  }
}

/** A connection of Bun's that was taken out of the pool. */
export interface BunSqlConnection {
  /** Builds a statement, which is sent when it is waited for. Without values it may be several. */
  unsafe(sql: string, values?: SqlValue[]): BunSqlQuery
  /** Gives the connection back. */
  release(): PromiseLike<unknown>
  /** Closes it, whatever it is doing. It does not come back. */
  close(options: { timeout: number }): PromiseLike<unknown>
}

/** A statement of Bun's on its way. */
export interface BunSqlQuery extends PromiseLike<unknown> {
  /** Asks for rows as arrays, whatever the columns are called. */
  values(): PromiseLike<BunSqlAnswer>
}

/** What Bun answers: an array of the rows, which its types do not say where nothing is known of them. */
export interface BunSqlAnswer {
  /** How many rows there are, or were written by a statement that gives none. */
  readonly count: number
}

const MYSQL = 'give it to MysqlSessionStore, of coatcheck/stores/mysql'

/** What to do with a SQL of Bun, by its adapter. */
const FIXES: Readonly<Record<string, string>> = {
  postgres: 'give it to PostgresSessionStore, of coatcheck/stores/postgres',
  mysql: MYSQL,
  mariadb: MYSQL,
  sqlite:
    "its answers come later, and SqliteSessionStore, of coatcheck/stores/sqlite, asks what answers at once. Give that one new Database('sessions.db') of bun:sqlite, or a path",
}

/** Tells whether a value is a SQL of Bun, for whatever database. */
export function isBunSql(value: unknown): value is BunSqlClient {
  if (typeof value !== 'function' || !('unsafe' in value) || !('reserve' in value)) return false
  return typeof Reflect.get(Object(Reflect.get(value, 'options')), 'adapter') === 'string'
}

/**
 * Refuses a SQL of Bun that is for another store, and what Bun makes of one for a while only.
 * @param adapters - Those that the store can speak through.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is for another database, a transaction, or a reserved connection.
 */
export function checkBunSql(store: string, sql: BunSqlClient, adapters: readonly string[]): void {
  const { adapter = '' } = sql.options
  if (!adapters.includes(adapter)) {
    const fix = FIXES[adapter] ?? 'it works with none of the stores'
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      `${store} was given a SQL of Bun with the adapter ${adapter}: ${fix}.`,
    )
  }
  if ('savepoint' in sql || 'release' in sql) {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      `${store} was given a transaction or a reserved connection of Bun's SQL, which ends while the store is in use. Give it the SQL itself: new SQL(url), or Bun.sql.`,
    )
  }
}

/** Gives the rows of an answer. */
export function rowsOf(answer: BunSqlAnswer): unknown[][] {
  if (Array.isArray(answer)) return answer
  throw new TypeError('The SQL of Bun gave no rows: its values() is to give an array, as it does in Bun 1.4.')
}

/**
 * Makes of an error of Bun's one that has the server's code, as other drivers give it; any other comes out as it is.
 *
 * Not put on the error itself: one that ends a login is that of all who wait for the connection, the app among them.
 * @param codeOf - Gives the code for what Bun has as `errno`.
 */
export function withServerCode(error: unknown, codeOf: (errno: unknown) => string | undefined): unknown {
  if (!isError(error) || !('errno' in error)) return error
  const code = codeOf(error.errno)
  if (code === undefined) return error
  return Object.assign(new Error(error.message), { name: error.name, code })
}
