import { isError } from '../../core/is-error.ts'
import { codeOf } from '../error-code.ts'
import type { SqlValue } from '../sql/record-row.ts'

/** A pool or connection of the `mariadb` connector, as far as the store uses it. */
export interface MariadbClient {
  /** Runs one statement and gives its rows as arrays, or what it changed. */
  execute(statement: MariadbStatement, values: SqlValue[]): PromiseLike<unknown>
  /** Runs one statement with many rows of values. Not called: it tells these clients from those of mysql2. */
  batch(statement: MariadbStatement, values: SqlValue[][]): PromiseLike<unknown>
}

/** One statement as the connector takes it. What is set here goes over the settings of the client. */
export interface MariadbStatement {
  /** The SQL, with `?`. */
  sql: string
  /** Asks for rows as arrays, whatever the columns are called. */
  rowsAsArray: true
  /** Overrules a client that gives what columns are beside the rows, as mysql2 does. */
  metaAsArray: false
  /** Overrules a client that takes values by names. */
  namedPlaceholders: false
}

/** Writes a statement as the connector takes it. */
export function mariadbStatement(sql: string): MariadbStatement {
  const statement = {
    sql,
    rowsAsArray: true,
    metaAsArray: false,
    namedPlaceholders: false,
    // Sets a function of the client's aside. The connector's types would have none here, which it takes for the client's own.
    typeCast: undefined,
  } as const
  return statement
}

/**
 * Makes an error of the server's words and codes alone. The connector's own says what was sent as well, values included: session
 * data, which no error may show.
 */
export function withoutStatement(error: unknown): unknown {
  if (!isError(error) || !('text' in error)) return error
  // A pool that could not connect tells in its cause why.
  if (isError(error.cause)) return withoutStatement(error.cause)
  return Object.assign(new Error(String(error.text)), { code: codeOf(error) })
}
