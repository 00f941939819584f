import mysql from 'mysql2/promise'
import { MysqlSessionStore } from '../../../src/stores/mysql.ts'
import type { OpenStoreFunction } from './open-store.ts'

/** Opens a MySQL store on a URL, and makes its table. */
export const openStore: OpenStoreFunction = async (url) => {
  const pool = mysql.createPool({ uri: url, connectionLimit: 4 })
  const store = new MysqlSessionStore(pool)
  await store.migrate()
  return {
    store,
    close: async () => {
      store.dispose()
      await pool.end()
    },
  }
}
