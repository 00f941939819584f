import { ConfigError } from '../../core/errors.ts'
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
  /** Milliseconds without a byte of the answer until the connection is given up. */
  timeout: number
}

/** What a statement gave: its rows as arrays, and how many it matched. */
export interface Answer {
  rows: unknown[][]
  count: number
}

/**
 * Checks that this is a client of mysql2's promise interface.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is not.
 */
export function mysqlClient(client: unknown): MysqlClient {
  if (isCallbackClient(client)) {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      "MysqlSessionStore was given a client of mysql2's callback interface. Give it client.promise(), or make it with createPool from 'mysql2/promise'.",
    )
  }
  if (isPromiseClient(client)) return client
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    "MysqlSessionStore needs a pool or a connection of mysql2: createPool(url) from 'mysql2/promise'.",
  )
}

/** Runs one statement. */
export async function ask(
  client: MysqlClient,
  sql: string,
  values: SqlValue[],
  timeout: number,
): Promise<Answer> {
  const [result] = await client.execute({ sql, rowsAsArray: true, nestTables: false, timeout }, values)
  if (Array.isArray(result)) return { rows: result, count: result.length }
  return { rows: [], count: affectedRows(result) }
}

function affectedRows(result: unknown): number {
  if (typeof result !== 'object' || result === null || !('affectedRows' in result)) return 0
  return Number(result.affectedRows)
}

function isPromiseClient(client: unknown): client is MysqlClient {
  return (
    typeof client === 'object' &&
    client !== null &&
    'execute' in client &&
    typeof client.execute === 'function'
  )
}

// Only the callback interface has a method that gives the other one.
function isCallbackClient(client: unknown): boolean {
  return (
    typeof client === 'object' &&
    client !== null &&
    'promise' in client &&
    typeof client.promise === 'function'
  )
}
