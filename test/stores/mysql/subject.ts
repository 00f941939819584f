import mysql from 'mysql2/promise'
import { MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import type { SqlServer } from '../sql/sql-subject.ts'

/** Starts a MariaDB server, with stores through mysql2. */
export async function startMysqlSubject(): Promise<SqlServer> {
  const server = await startMariadb()
  return {
    ask: server.ask,
    hold: async (ids) => {
      const connection = await mysql.createConnection(server.url)
      await connection.query('BEGIN')
      for (const id of ids)
        await connection.query('SELECT id FROM coatcheck_sessions WHERE id = ? FOR UPDATE', [id])
      return async () => {
        await connection.query('ROLLBACK') // a connection that is ended lets go of its locks some time later
        await connection.end()
      }
    },
    waiting: async () => {
      const [row] = await server.ask("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")
      return Number(Object.values(row ?? {})[1])
    },
    statements: async () => {
      // All that clients run as prepared statements, which the store's are and the tests' own are not.
      const [row] = await server.ask("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'")
      return Number(Object.values(row ?? {})[1])
    },
    open: (options) => {
      const pool = mysql.createPool({ uri: server.url, connectionLimit: 4 })
      return { store: new MysqlSessionStore(pool, options), end: () => pool.end() }
    },
    stop: server.stop,
  }
}
