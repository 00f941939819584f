import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite'
import BetterSqlite3 from 'better-sqlite3'
import type { SqliteDatabase } from '../../../src/stores/sqlite.ts'

function openNode(path: string, options: DatabaseSyncOptions): DatabaseSync {
  const database = new DatabaseSync(path, options)
  database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  return database
}

function openBetter(path: string): BetterSqlite3.Database {
  const database = new BetterSqlite3(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  return database
}

/**
 * Each way to hand a database to the store: by path, or opened with a driver as its users do. A test of types too:
 * what the drivers give is taken without a cast.
 */
export const databaseKinds: readonly { name: string; open: (path: string) => SqliteDatabase | string }[] = [
  { name: 'a path', open: (path) => path },
  { name: 'node:sqlite', open: (path) => openNode(path, {}) },
  {
    name: 'node:sqlite giving arrays and bigints',
    open: (path) => openNode(path, { returnArrays: true, readBigInts: true }),
  },
  { name: 'better-sqlite3', open: openBetter },
]
