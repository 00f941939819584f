import pg from 'pg'
import { PostgresSessionStore } from '../../../src/stores/postgres.ts'
import type { OpenStoreFunction } from './open-store.ts'

/** Opens a PostgreSQL store on a URL, and makes its table. */
export const openStore: OpenStoreFunction = async (url) => {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  const store = new PostgresSessionStore(pool)
  await store.migrate()
  return {
    store,
    close: async () => {
      store.dispose()
      await pool.end()
    },
  }
}
