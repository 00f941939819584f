import type { SqlValue } from '../sql/record-row.ts'

/** A pool or connection of `mysql2/promise`, as far as the store uses it. */
export interface MysqlClient {
  /** Runs one statement and gives its rows as arrays, or what it changed. */
  execute(statement: MysqlStatement, values: SqlValue[]): PromiseLike<readonly [unknown, unknown]>
}

/** One statement as mysql2 takes it. */
export interface MysqlStatement {
  /** The SQL, with `?`. */
  sql: string
  /** Asks for rows as arrays, whatever the columns are called. */
  rowsAsArray: true
  /** Overrules a client that is set up to give columns by their tables. */
  nestTables: false
  /** Overrules a client that has its own way with the values of columns. */
  typeCast: TypeCast
  /** Milliseconds until mysql2 stops waiting for the answer; 0 for never, where the store sees to that itself. */
  timeout: number
}

/** How mysql2 makes values of what comes: `true` by itself, or by a function that is asked for each column. */
export type TypeCast = true | ((column: unknown, byItself: () => unknown) => unknown)
