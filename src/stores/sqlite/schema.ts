import {
  CREATE_VERSIONS,
  checkVersion,
  createTable,
  indexNames,
  noteVersion,
  READ_VERSION,
  refuseTakenIndex,
  TAKEN_INDEX,
} from '../sql/sqlite-dialect/schema.ts'
import type { SqliteDatabase } from './database.ts'

/**
 * Makes the table and its indexes unless they are there. Several processes may do it at once: each statement is
 * a step of its own that a second process passes over.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` the table was made by a newer version of this library, and nothing was
 * changed; or the names of its indexes are taken.
 */
export function createSchema(database: SqliteDatabase, store: string, table: string): void {
  database.exec(CREATE_VERSIONS)
  const isNoted = checkVersion(store, table, database.prepare(READ_VERSION).get(table))
  // Also when the version is noted: somebody may have dropped the table and left the note.
  for (const statement of createTable(table)) database.exec(statement)
  refuseTakenIndex(store, table, database.prepare(TAKEN_INDEX).get(table, ...indexNames(table)))
  if (!isNoted) database.exec(noteVersion(table))
}
