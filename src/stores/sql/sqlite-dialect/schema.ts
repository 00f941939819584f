import { ConfigError } from '../../../core/errors.ts'

// The version of the table that this release makes.
const SCHEMA_VERSION = 1

// The version is kept in a table of our own: `PRAGMA user_version` is one number a file, and may be the user's.
const VERSION_TABLE = 'coatcheck_schema'

/** Makes the table of versions unless it is there. */
export const CREATE_VERSIONS: string = `CREATE TABLE IF NOT EXISTS ${VERSION_TABLE} (
  name TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

/** Gives a table's version. By its name. */
export const READ_VERSION: string = `SELECT version FROM ${VERSION_TABLE} WHERE name = ?`

/**
 * Gives what another table has of the names of the two indexes: an index goes by its name whatever table it is on, and a
 * table that is renamed keeps its indexes as they are called. By the table's name, the indexes' names.
 */
export const TAKEN_INDEX: string = `SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND tbl_name <> ? COLLATE NOCASE
  AND name COLLATE NOCASE IN (?, ?) ORDER BY name DESC`

/** Gives the names of the indexes on a table. */
export function indexNames(table: string): [user: string, deadline: string] {
  return [`${table}_user_id`, `${table}_dies_at`]
}

/**
 * Gives the statements that make the table and its indexes unless they are there.
 * @param isMarked - Whether it has a column for marks: see `marked-statements.ts`.
 *
 * `dies_at` is when the record ends by the store's clock, which decides; the other times are the record's own.
 * Not `WITHOUT ROWID`: with a key of 43 characters, rows of some 300 bytes and two indexes that takes a quarter more.
 */
export function createTable(table: string, isMarked = false): string[] {
  const [userIndex, deadlineIndex] = indexNames(table)
  return [
    `CREATE TABLE IF NOT EXISTS "${table}" (
  id TEXT NOT NULL PRIMARY KEY,
  data TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  user_id TEXT,
  dies_at INTEGER NOT NULL${isMarked ? ',\n  marks TEXT' : ''}
) STRICT`,
    `CREATE INDEX IF NOT EXISTS "${userIndex}" ON "${table}" (user_id) WHERE user_id IS NOT NULL`,
    `CREATE INDEX IF NOT EXISTS "${deadlineIndex}" ON "${table}" (dies_at)`,
  ]
}

/** Gives the statement that notes the version of a table which this release makes, unless one is noted. */
export function noteVersion(table: string): string {
  return `INSERT OR IGNORE INTO ${VERSION_TABLE} (name, version) VALUES ('${table}', ${SCHEMA_VERSION})`
}

/**
 * Refuses a table of another version than ours.
 * @param row - What {@link READ_VERSION} gave; nothing when it gave no row.
 * @returns Whether a version is noted.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it was made by a newer release.
 */
export function checkVersion(store: string, table: string, row: unknown): boolean {
  if (!isRow(row)) return false
  const version = Number(Object.values(row)[0])
  if (version === SCHEMA_VERSION) return true
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `${store}: the table ${table} has schema version ${version}, and this release of coatcheck knows ${SCHEMA_VERSION}. Use the release that made it, or another table (option table).`,
  )
}

/**
 * Refuses a table that could not have its indexes.
 * @param row - What {@link TAKEN_INDEX} gave; nothing when it gave no row.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` another table has the name of one.
 */
export function refuseTakenIndex(store: string, table: string, row: unknown): void {
  if (!isRow(row)) return
  const [holder, index] = Object.values(row)
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `${store} cannot make the indexes of ${table}: the table ${holder} has an index ${index}, as one that was renamed does. Drop that index, which its new table goes by: DROP INDEX "${index}". Or name another table with the option table.`,
  )
}

function isRow(row: unknown): row is object {
  return typeof row === 'object' && row !== null
}
