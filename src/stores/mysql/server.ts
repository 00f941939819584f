import type { SqlValue } from '../sql/record-row.ts'

/** What a statement gave: its rows as arrays, and how many it matched. */
export interface Answer {
  rows: unknown[][]
  count: number
}

/** A server to talk to. */
export interface MysqlServer {
  /** Runs one statement. */
  ask(sql: string, values: SqlValue[]): Promise<Answer>
}
