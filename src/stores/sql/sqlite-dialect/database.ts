import type { SqlValue } from '../record-row.ts'

/** SQL, and the values in the places of its question marks. */
export interface BoundSql {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** What became of one statement of several. */
export interface Outcome {
  /** The values of each row it gave. */
  readonly rows: readonly unknown[][]
  /** How many rows it changed. */
  readonly changes: number
}

/**
 * A database that speaks SQLite's SQL and answers later. Its errors are the driver's own.
 *
 * A count of changes that the driver does not tell is an error: taken for none, a change that was made would be made again.
 */
export interface SqliteDialectDatabase {
  /** Gives the values of each row that a statement gives. */
  rows(statement: BoundSql): Promise<readonly unknown[][]>
  /** Runs a statement and tells how many rows it changed. */
  change(statement: BoundSql): Promise<number>
  /** Runs several as one transaction, in one round trip. */
  transact(statements: readonly BoundSql[]): Promise<readonly Outcome[]>
}
