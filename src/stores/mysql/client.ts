import { ConfigError } from '../../core/errors.ts'
import type { SqlValue } from '../sql/record-row.ts'
import type { MysqlClient, MysqlStatement, TypeCast } from './mysql2.ts'
import { executeOnPool, isPool } from './pool.ts'

/** What a statement gave: its rows as arrays, and how many it matched. */
export interface Answer {
  rows: unknown[][]
  count: number
}

/** A server to talk to. */
export interface MysqlServer {
  /** Runs one statement. */
  ask(sql: string, values: SqlValue[]): Promise<Answer>
}

/**
 * Takes the user's client, which must be of mysql2's promise interface.
 * @param timeout - Milliseconds without an answer until the connection is given up.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is not.
 */
export function mysqlServer(client: unknown, timeout: number): MysqlServer {
  if (isCallbackClient(client)) {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      "MysqlSessionStore was given a client of mysql2's callback interface. Give it client.promise(), or make it with createPool from 'mysql2/promise'.",
    )
  }
  if (isPromiseClient(client)) return throughMysql2(client, timeout)
  throw otherClient()
}

function otherClient(): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    "MysqlSessionStore needs a pool or a connection of mysql2: createPool(url) from 'mysql2/promise'.",
  )
}

/** Tells the pair that mysql2 gives from what others give, whose method has the same name: the rows alone, as the mariadb connector does. */
function isOfMysql2(answer: unknown): boolean {
  return Array.isArray(answer) && answer.length === 2
}

function throughMysql2(client: MysqlClient, queryTimeout: number): MysqlServer {
  const typeCast = typeCastOver(client)
  const [execute, timeout]: [MysqlClient['execute'], number] = isPool(client)
    ? [executeOnPool(client, queryTimeout), 0]
    : [(statement, values) => client.execute(statement, values), queryTimeout]
  return {
    async ask(sql, values) {
      const statement: MysqlStatement = { sql, rowsAsArray: true, nestTables: false, typeCast, timeout }
      const answer = await execute(statement, values)
      if (!isOfMysql2(answer)) throw otherClient()
      const [result] = answer
      if (Array.isArray(result)) return { rows: result, count: result.length }
      return { rows: [], count: affectedRows(result) }
    },
  }
}

/**
 * Gives what makes mysql2 pass a client's own `typeCast` by. Only a function goes over a function, and it costs some
 * 3 us a row, so it is kept for clients that have one, and for those that do not show their settings.
 */
function typeCastOver(client: MysqlClient): TypeCast {
  const own = valueAt(client, 'pool', 'config', 'connectionConfig', 'typeCast')
  const typeCast = own ?? valueAt(client, 'connection', 'config', 'typeCast')
  return typeof typeCast === 'boolean' ? true : (_column, byItself) => byItself()
}

function valueAt(root: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), root)
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
