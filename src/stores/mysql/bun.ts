import { type BunSqlAnswer, type BunSqlClient, checkBunSql, rowsOf, withServerCode } from '../sql/bun-sql.ts'
import { executeOnPool, type PoolConnection } from './pool.ts'
import type { MysqlServer } from './server.ts'

/** The server's names for its errors, as far as the store knows them. Bun gives their numbers. */
const NAMES: Readonly<Record<string, string>> = {
  1020: 'ER_CHECKREAD',
  1044: 'ER_DBACCESS_DENIED_ERROR',
  1045: 'ER_ACCESS_DENIED_ERROR',
  1046: 'ER_NO_DB_ERROR',
  1049: 'ER_BAD_DB_ERROR',
  1054: 'ER_BAD_FIELD_ERROR',
  1062: 'ER_DUP_ENTRY',
  1142: 'ER_TABLEACCESS_DENIED_ERROR',
  1146: 'ER_NO_SUCH_TABLE',
  1213: 'ER_LOCK_DEADLOCK',
  1290: 'ER_OPTION_PREVENTS_STATEMENT',
  1792: 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  1836: 'ER_READ_ONLY_MODE',
}

/**
 * Speaks through a SQL of Bun: each statement on a connection that is its own until it is answered. Bun would otherwise
 * send it behind what the app has under way there, to wait for that, and to be undone with a transaction left open.
 * @param timeout - Milliseconds without an answer until the connection is closed.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is for another database, or a part of a SQL.
 */
export function throughBun(sql: BunSqlClient, timeout: number): MysqlServer {
  checkBunSql('MysqlSessionStore', sql, ['mysql', 'mariadb'])
  const execute = executeOnPool<string, BunSqlAnswer>({ getConnection: () => lent(sql) }, timeout)
  return {
    async ask(text, values) {
      const answer = await execute(text, values)
      return { rows: rowsOf(answer), count: answer.count }
    },
  }
}

async function lent(sql: BunSqlClient): Promise<PoolConnection<string, BunSqlAnswer>> {
  const connection = await named(sql.reserve())
  return {
    execute: (text, values) => named(connection.unsafe(text, values).values()),
    release: () => connection.release(),
    destroy: () => void connection.close({ timeout: 0 }),
  }
}

async function named<T>(answer: PromiseLike<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw withServerCode(error, (errno) => NAMES[String(errno)])
  }
}
