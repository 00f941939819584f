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
import type { D1Binding } from './binding.ts'

/** Gives the SQL that makes the table, its indexes and the note of its version unless they are there. */
export function schemaText(table: string): string {
  return [CREATE_VERSIONS, ...createTable(table), noteVersion(table)].map((sql) => `${sql};\n`).join('')
}

/**
 * Makes the table, its indexes and the note of its version unless they are there. Each batch is a transaction. Not by
 * `exec`, which takes each line for a statement.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` the table was made by a newer version of this library, and nothing was
 * changed; or the names of its indexes are taken.
 */
export async function migrateD1(database: D1Binding, store: string, table: string): Promise<void> {
  const prepare = database.prepare.bind(database)
  const versions = await database.batch([prepare(CREATE_VERSIONS), prepare(READ_VERSION).bind(table)])
  checkVersion(store, table, versions[1]?.results[0])
  const made = [...createTable(table), noteVersion(table)].map((sql) => prepare(sql))
  const taken = prepare(TAKEN_INDEX).bind(table, ...indexNames(table))
  const answers = await database.batch([...made, taken])
  refuseTakenIndex(store, table, answers.at(-1)?.results[0])
}
