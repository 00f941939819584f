import mysql from 'mysql2/promise'
import { MysqlSessionStore, type MysqlSessionStoreOptions } from '../../../src/stores/mysql.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import type { SqlServer } from '../sql/sql-subject.ts'

// Prepared or not, which depends on the driver. To ask for this is none of them.
const COUNTED = `SHOW GLOBAL STATUS WHERE Variable_name IN
  ('Com_select', 'Com_insert', 'Com_update', 'Com_delete', 'Com_delete_multi')`

type Open = (url: string, options: MysqlSessionStoreOptions) => ReturnType<SqlServer['open']>

const openThroughMysql2: Open = (uri, options) => {
  const pool = mysql.createPool({ uri, connectionLimit: 4 })
  return { store: new MysqlSessionStore(pool, options), end: () => pool.end() }
}

/**
 * Starts a MariaDB server.
 * @param choosesDatabase - Whether the stores' connections choose a database. Without one their table is told with it.
 * @param open - Opens a store on it. Default: through mysql2.
 */
export async function startMysqlSubject(
  choosesDatabase = true,
  open = openThroughMysql2,
): Promise<SqlServer> {
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
      const rows = await server.ask(COUNTED)
      return rows.reduce((sum, row) => sum + Number(Object.values(row)[1]), 0)
    },
    open: (options) => open(uri, { ...table, ...options }),
    stop: server.stop,
  }
}

/** Gives the URL of a connection that chooses no database. */
export function withoutDatabase(url: string): string {
  return new URL('/', url).href
}
