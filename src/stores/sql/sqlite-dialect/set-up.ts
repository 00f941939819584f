import type { SqliteDialectDatabase } from './database.ts'
import {
  CREATE_VERSIONS,
  checkVersion,
  createTable,
  indexNames,
  noteVersion,
  READ_VERSION,
  refuseTakenIndex,
  TAKEN_INDEX,
} from './schema.ts'

/** Gives the statements that make the table, its indexes and the note of its version unless they are there, each ended. */
export function schemaText(table: string, isMarked: boolean): string {
  return [CREATE_VERSIONS, ...createTable(table, isMarked), noteVersion(table)]
    .map((sql) => `${sql};\n`)
    .join('')
}

/**
 * Makes the table, its indexes and the note of its version unless they are there, in two transactions.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` the table was made by a newer version of this library, and nothing was
 * changed; or the names of its indexes are taken.
 */
export async function setUpTable(
  database: SqliteDialectDatabase,
  store: string,
  table: string,
  isMarked: boolean,
): Promise<void> {
  const versions = await database.transact([
    { sql: CREATE_VERSIONS, values: [] },
    { sql: READ_VERSION, values: [table] },
  ])
  checkVersion(store, table, versions[1]?.rows[0])
  const made = [...createTable(table, isMarked), noteVersion(table)].map((sql) => ({ sql, values: [] }))
  const taken = { sql: TAKEN_INDEX, values: [table, ...indexNames(table)] }
  const answers = await database.transact([...made, taken])
  refuseTakenIndex(store, table, answers.at(-1)?.rows[0])
}
