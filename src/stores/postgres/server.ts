import type { SqlValue } from '../sql/record-row.ts'

/** What a statement gave: its rows as arrays of texts, and how many it read or changed. */
export interface Answer {
  rows: (string | null)[][]
  count: number
}

/** A server to talk to, whichever driver does it. */
export interface PostgresServer {
  /**
   * Sends one statement, which must have a value: postgres.js sends others before the one ahead is answered, and
   * behind a transaction pooler some of them are then never answered. `name` is what to prepare it under, if at all.
   */
  ask(name: string, sql: string, values: SqlValue[]): Promise<Answer>
  /** Sends several statements at once, without values. The server runs them as one transaction. */
  run(sql: string): Promise<void>
  /** Lets go of the client. */
  release(): void
}
