import { type BunSqlClient, MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { PostgresSessionStore } from '../../../src/stores/postgres.ts'
import type { OpenStoreFunction } from './open-store.ts'

/** What is used of Bun's globals. */
declare const Bun: {
  SQL: new (url: string, options: object) => BunSqlClient & { close(): Promise<void> }
}

/** Opens a store on a SQL of Bun, by the kind of its URL, and makes its table. */
export const openStore: OpenStoreFunction = async (url) => {
  const isMysql = url.startsWith('mysql:')
  // MySQL knows no statements that are not prepared, and refuses to be told.
  const sql = new Bun.SQL(url, isMysql ? { max: 4 } : { max: 4, prepare: false })
  const store = isMysql ? new MysqlSessionStore(sql) : new PostgresSessionStore(sql)
  await store.migrate()
  return {
    store,
    close: async () => {
      store.dispose()
      await sql.close()
    },
  }
}
