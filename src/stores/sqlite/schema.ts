import { ConfigError } from '../../core/errors.ts'
import type { SqliteDatabase } from './database.ts'

const VERSION = 1

// The version is kept in a table of our own: `PRAGMA user_version` is one number a file, and may be the user's.
const VERSION_TABLE = 'coatcheck_schema'

/**
 * Makes the table and its indexes unless they are there. Several processes may do it at once: each statement is
 * a step of its own that a second process passes over.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` the table was made by a newer version of this library, and nothing was
 * changed; or the names of its indexes are taken.
 */
export function createSchema(database: SqliteDatabase, table: string): void {
  database.exec(
    `CREATE TABLE IF NOT EXISTS ${VERSION_TABLE} (
       name TEXT NOT NULL PRIMARY KEY,
       version INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID`,
  )
  const found = versionOf(database, table)
  if (found !== undefined && found !== VERSION) throw newerSchema(table, found)
  // Also when the version is noted: somebody may have dropped the table and left the note.
  database.exec(createTable(table))
  refuseTakenIndexes(database, table)
  if (found === undefined)
    database
      .prepare(`INSERT OR IGNORE INTO ${VERSION_TABLE} (name, version) VALUES (?, ?)`)
      .run(table, VERSION)
}

/**
 * `dies_at` is when the record ends by the store's clock, which decides; the other times are the record's own.
 * Not `WITHOUT ROWID`: with a key of 43 characters, rows of some 300 bytes and two indexes that takes a quarter more.
 */
function createTable(table: string): string {
  return `
    CREATE TABLE IF NOT EXISTS "${table}" (
      id TEXT NOT NULL PRIMARY KEY,
      data TEXT NOT NULL,
      revision INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      touched_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      user_id TEXT,
      dies_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS "${table}_user_id" ON "${table}" (user_id) WHERE user_id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS "${table}_dies_at" ON "${table}" (dies_at)`
}

/** An index goes by its name whatever table it is on, and a table that is renamed keeps its indexes as they are called. */
function refuseTakenIndexes(database: SqliteDatabase, table: string): void {
  const taken = database
    .prepare(
      `SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND tbl_name <> ? COLLATE NOCASE
       AND name COLLATE NOCASE IN (?, ?) ORDER BY name DESC`,
    )
    .get(table, `${table}_user_id`, `${table}_dies_at`)
  if (typeof taken !== 'object' || taken === null) return
  const [holder, index] = Object.values(taken)
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `SqliteSessionStore cannot make the indexes of ${table}: the table ${holder} has an index ${index}, as one that was renamed does. Drop that index, which its new table goes by: DROP INDEX "${index}". Or name another table with the option table.`,
  )
}

function versionOf(database: SqliteDatabase, table: string): number | undefined {
  const row = database.prepare(`SELECT version FROM ${VERSION_TABLE} WHERE name = ?`).get(table)
  return typeof row === 'object' && row !== null ? Number(Object.values(row)[0]) : undefined
}

function newerSchema(table: string, version: number): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `SqliteSessionStore: the table ${table} has schema version ${version}, and this release of coatcheck knows ${VERSION}. Use the release that made it, or another table (option table).`,
  )
}
