import { SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import type { OpenStoreFunction } from './open-store.ts'

/** Opens a SQLite store on a path. */
export const openStore: OpenStoreFunction = async (path) => {
  const store = new SqliteSessionStore(path)
  return { store, close: async () => store.dispose() }
}
