import mysql from 'mysql2/promise'
import { MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import type { SqlServer } from '../sql/sql-subject.ts'

/**
 * Starts a MariaDB server, with stores through mysql2.
 * @param choosesDatabase - Whether the stores' connections choose a database. Without one their table is told with it.
 */
export async function startMysqlSubject(choosesDatabase = true): Promise<SqlServer> {
  const server = await startMariadb()
  const uri = choosesDatabase ? server.url : withoutDatabase(server.url)
  const table = choosesDatabase ? {} : { table: 'coatcheck.coatcheck_sessions' }
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
      const pool = mysql.createPool({ uri, connectionLimit: 4 })
      return { store: new MysqlSessionStore(pool, { ...table, ...options }), end: () => pool.end() }
    },
    stop: server.stop,
  }
}

/** Gives the URL of a connection that chooses no database. */
export function withoutDatabase(url: string): string {
  return new URL('/', url).href
}
