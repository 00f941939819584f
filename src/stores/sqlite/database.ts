import { isErrorOf } from '../../core/is-error.ts'

/** A value SQLite binds. */
export type SqliteValue = string | number | null

/**
 * A prepared statement, as far as the store uses it. What it is given is always a {@link SqliteValue}; to say so would be
 * to refuse those of better-sqlite3 up to TypeScript 5.9, which finds that they take no `null`.
 */
export interface SqliteStatement {
  /** Runs it and tells how many rows it changed. */
  run(...values: unknown[]): { changes: number | bigint }
  /** Gives the first row; `undefined` or `null` when there is none. */
  get(...values: unknown[]): unknown
  /** Gives all rows. */
  all(...values: unknown[]): unknown[]
}

/**
 * An open SQLite database, as far as the store uses it. The `DatabaseSync` of `node:sqlite` is one, the `Database`
 * of better-sqlite3 and that of `bun:sqlite` are too.
 */
export interface SqliteDatabase {
  /** Runs SQL that gives no rows. */
  exec(sql: string): unknown
  /** Prepares a statement. */
  prepare(sql: string): SqliteStatement
  /** Closes the database. Called only on one that the store opened itself. */
  close(): unknown
}

/** Tells whether a value can do what the store asks of a database. It is asked: drivers that answer later have methods of the same names. */
export function isSqliteDatabase(value: unknown): value is SqliteDatabase {
  if (!hasMethods(value)) return false
  try {
    const waits = firstValue(value, 'PRAGMA busy_timeout')
    return typeof waits === 'number' || typeof waits === 'bigint'
  } catch (error) {
    // A method of another shape, or a database that is closed. Any other error has a better word for what is wrong.
    if (isErrorOf('TypeError', error)) return false
    throw error
  }
}

/**
 * Tells whether a value is a database of the package `libsql`, which has the methods of better-sqlite3. Version 0.5 does not reset a
 * statement that found the file locked: until that is collected as garbage, the connection commits nothing and says that it has.
 */
export function isLibsqlDatabase(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'syncUntil' in value && 'prepare' in value
}

function hasMethods(value: unknown): value is SqliteDatabase {
  if (typeof value !== 'object' || value === null) return false
  const { exec, prepare, close }: Partial<Record<keyof SqliteDatabase, unknown>> = value
  return typeof exec === 'function' && typeof prepare === 'function' && typeof close === 'function'
}

/** Gives the first value of a statement's first row. */
export function firstValue(database: SqliteDatabase, sql: string): unknown {
  const row = database.prepare(sql).get()
  // Rows are arrays in a database opened with `returnArrays`; Object.values reads both.
  return typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined
}
