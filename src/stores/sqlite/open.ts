import { ConfigError } from '../../core/errors.ts'
import { isError } from '../../core/is-error.ts'
import { firstValue, type SqliteDatabase } from './database.ts'
import { startError } from './start-error.ts'

/** The settings of a connection that the store may make. */
export interface ConnectionSettings {
  /** Milliseconds to wait for another process's write to end; `undefined` when the user did not say. */
  busyTimeout: number | undefined
  /** When to wait for the disk; `undefined` when the user did not say. */
  synchronous: 'NORMAL' | 'FULL' | undefined
}

// As long as the engine waits for a store that answers later.
const DEFAULT_BUSY_TIMEOUT_MS = 2_000
const WAL_RETRY_MS = 5

/**
 * Opens a database with the runtime's own SQLite, in WAL mode.
 * @throws {ConfigError} `ERR_PEER_MISSING` this runtime has none; `ERR_CONFIG_INVALID` the file cannot be opened
 * or is no database. Nothing stays open.
 */
export function openDatabase(path: string, settings: ConnectionSettings): SqliteDatabase {
  const Database = builtInDatabase()
  let database: SqliteDatabase | undefined
  try {
    database = new Database(path)
    const busyTimeout = settings.busyTimeout ?? DEFAULT_BUSY_TIMEOUT_MS
    database.exec(`PRAGMA busy_timeout = ${busyTimeout}`)
    useWal(database, busyTimeout)
    database.exec(`PRAGMA synchronous = ${settings.synchronous ?? 'NORMAL'}`)
    return database
  } catch (cause) {
    database?.close()
    const otherwise =
      'Check that its folder exists and may be written, and that the file is a SQLite database.'
    throw startError(`open '${path}'`, cause, otherwise)
  }
}

/**
 * Prepares a database that the user opened: what was asked for is set, and a connection that would not wait for
 * another process at all is made to. Journal mode and everything else stay the user's.
 */
export function adoptDatabase(database: SqliteDatabase, settings: ConnectionSettings): SqliteDatabase {
  const waits = Number(firstValue(database, 'PRAGMA busy_timeout')) > 0
  const busyTimeout = settings.busyTimeout ?? (waits ? undefined : DEFAULT_BUSY_TIMEOUT_MS)
  if (busyTimeout !== undefined) database.exec(`PRAGMA busy_timeout = ${busyTimeout}`)
  if (settings.synchronous !== undefined) database.exec(`PRAGMA synchronous = ${settings.synchronous}`)
  return database
}

/**
 * Switches to the write-ahead log. SQLite does not wait for other processes here, whatever `busy_timeout` says,
 * and two processes that start on a new file both switch: so the waiting is done here.
 */
function useWal(database: SqliteDatabase, busyTimeout: number): void {
  const deadline = performance.now() + busyTimeout
  for (;;) {
    try {
      firstValue(database, 'PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      const isBusy = isError(error) && /locked|busy/i.test(error.message)
      if (!isBusy || performance.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_RETRY_MS)
    }
  }
}

type DatabaseClass = new (path: string) => SqliteDatabase

// Not an import, which would break bundlers and every runtime without the module, and not a dynamic one, which
// would make the constructor wait.
function builtInDatabase(): DatabaseClass {
  const builtIn = globalThis.process?.getBuiltinModule?.('node:sqlite')
  if (builtIn !== undefined) return builtIn.DatabaseSync
  throw new ConfigError(
    'ERR_PEER_MISSING',
    "SqliteSessionStore was given a path, and this runtime has no node:sqlite (Node 22.13 or later, Deno 2.2 or later, Bun 1.4 or later have it). Give it an open database instead: new SqliteSessionStore(new Database('sessions.db')), with better-sqlite3 or bun:sqlite.",
  )
}
