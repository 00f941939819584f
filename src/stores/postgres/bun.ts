import { ConfigError } from '../../core/errors.ts'
import {
  type BunSqlClient,
  type BunSqlConnection,
  checkBunSql,
  rowsOf,
  withServerCode,
} from '../sql/bun-sql.ts'
import type { PostgresServer } from './server.ts'

/**
 * Speaks through a SQL of Bun: each statement on a connection that is its own until it is answered. Bun would otherwise
 * send it behind what the app has under way there, to wait for that, and to be undone with a transaction left open.
 * @param prepare - Whether statements may be prepared by name.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is for another database, a part of a SQL, or prepares unasked.
 */
export function throughBun(sql: BunSqlClient, prepare: boolean): PostgresServer {
  checkBunSql('PostgresSessionStore', sql, ['postgres'])
  if (!prepare && sql.options.prepare !== false) throw preparesUnasked()
  return {
    ask: (_name, text, values) =>
      onConnection(sql, async (connection) => {
        // Not raw(): of a prepared statement, some types come in binary.
        const answer = await connection.unsafe(text, values).values()
        return { rows: rowsOf(answer).map((row) => row.map(textOf)), count: answer.count }
      }),
    run: (text) =>
      onConnection(sql, async (connection) => {
        await connection.unsafe(text)
      }),
    release() {},
  }
}

async function onConnection<T>(
  sql: BunSqlClient,
  work: (connection: BunSqlConnection) => Promise<T>,
): Promise<T> {
  let connection: BunSqlConnection | undefined
  try {
    connection = await sql.reserve()
    return await work(connection)
  } catch (error) {
    throw withServerCode(error, sqlState)
  } finally {
    void connection?.release()
  }
}

function sqlState(errno: unknown): string | undefined {
  return typeof errno === 'string' && errno !== '' ? errno : undefined
}

function textOf(value: unknown): string | null {
  return value === null ? null : String(value)
}

function preparesUnasked(): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    'PostgresSessionStore was given a SQL of Bun that prepares statements by name, as it does unless told otherwise: P0, P1 and so on, which behind a transaction pooler are those of other clients too, so that one statement would run for another. Make it with new SQL(url, { prepare: false }); or, where no pooler stands between, give the store the option prepare: true.',
  )
}
