import { ConfigError } from '../../core/errors.ts'
import { codeOf } from '../error-code.ts'
import { isBunSql } from '../sql/bun-sql.ts'
import { throughBun } from './bun.ts'
import { type MariadbClient, mariadbStatement, withoutStatement } from './mariadb.ts'
import type { MysqlClient, MysqlStatement, TypeCast } from './mysql2.ts'
import { type Execute, executeOnPool, isPool } from './pool.ts'
import type { MysqlServer } from './server.ts'

const DEFAULT_TIMEOUT_MS = 30_000

/**
 * Takes the user's client, which must be of mysql2's promise interface, of the mariadb connector's, or a SQL of Bun.
 * @param timeout - Milliseconds without an answer until a connection of mysql2's or Bun's is given up; `undefined` for 30 seconds.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is not, or it is of the connector's and there is a timeout.
 */
export function mysqlServer(client: unknown, timeout: number | undefined): MysqlServer {
  if (isCallbackClient(client)) {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      "MysqlSessionStore was given a client of mysql2's callback interface. Give it client.promise(), or make it with createPool from 'mysql2/promise'.",
    )
  }
  if (isBunSql(client)) return throughBun(client, timeout ?? DEFAULT_TIMEOUT_MS)
  if (!canExecute(client)) throw otherClient()
  if (!isMariadb(client)) return throughMysql2(client, timeout ?? DEFAULT_TIMEOUT_MS)
  if (timeout !== undefined) throw timeoutRefused()
  return throughMariadb(client)
}

function timeoutRefused(): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    'MysqlSessionStore has no option queryTimeout for clients of the mariadb connector. Give the option socketTimeout to the pool instead: createPool({ socketTimeout: 30_000, … }).',
  )
}

function otherClient(): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    "MysqlSessionStore needs a pool or a connection of mysql2 or of the mariadb connector: createPool(url) from 'mysql2/promise' or from 'mariadb', not 'mariadb/callback'; or a SQL of Bun: new SQL(url).",
  )
}

/** Tells the pair that mysql2 gives from what others give, whose method has the same name. */
function isOfMysql2(answer: unknown): boolean {
  return Array.isArray(answer) && answer.length === 2
}

function throughMysql2(client: MysqlClient, queryTimeout: number): MysqlServer {
  const typeCast = typeCastOver(client)
  const execute = executeThrough(client, queryTimeout)
  const timeout = isPool(client) ? 0 : queryTimeout
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

function throughMariadb(client: MariadbClient): MysqlServer {
  // No connection without an answer is thrown away here: the connector sends a KILL after it on another one, and when that fails, as
  // where the server has ended the first already, the connector's promise ends the process.
  const execute = executeThrough(client, undefined)
  return {
    async ask(sql, values) {
      let answer: unknown
      try {
        answer = await execute(mariadbStatement(sql), values)
      } catch (error) {
        // What is missing is a callback.
        throw codeOf(error) === 'ER_MISSING_PARAMETER' ? otherClient() : withoutStatement(error)
      }
      if (Array.isArray(answer)) return { rows: answer, count: answer.length }
      if (typeof answer !== 'object' || answer === null || !('affectedRows' in answer)) throw otherClient()
      return { rows: [], count: affectedRows(answer) }
    },
  }
}

function executeThrough<Statement, Answer>(
  client: object & { execute: Execute<Statement, Answer> },
  timeout: number | undefined,
): Execute<Statement, Answer> {
  if (isPool<Statement, Answer>(client)) return executeOnPool(client, timeout)
  return (statement, values) => client.execute(statement, values)
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

function canExecute(client: unknown): client is MysqlClient | MariadbClient {
  return (
    typeof client === 'object' &&
    client !== null &&
    'execute' in client &&
    typeof client.execute === 'function'
  )
}

// Only the connector's clients run one statement with many rows of values.
function isMariadb(client: MysqlClient | MariadbClient): client is MariadbClient {
  return 'batch' in client && typeof client.batch === 'function'
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
