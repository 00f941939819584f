import type { Duration } from '../../../src/core/duration.ts'
import type { ConditionalStore, SessionStore } from '../../../src/core/store.ts'

/** A store on a database server, as the tests of all of them see it. */
export type SqlStore = ConditionalStore &
  Required<Pick<SessionStore, 'listByUser' | 'destroyByUser' | 'entries' | 'count'>> & {
    schema(): string
    migrate(): Promise<void>
    deleteExpired(): Promise<number>
  }

/** A server, started for one test file. */
export interface SqlServer {
  /** Runs SQL and gives the rows. */
  ask(sql: string): Promise<object[]>
  /** Locks these rows, in a transaction that stays open until the function this gives is called. */
  hold(ids: string[]): Promise<() => Promise<void>>
  /** How many clients wait for a lock. */
  waiting(): Promise<number>
  /** How many statements on the table `coatcheck_sessions` the server has run since it started. */
  statements(): Promise<number>
  /** Opens a store on the table `coatcheck_sessions` with a client of its own. */
  open(options?: { cleanupInterval?: Duration | false }): { store: SqlStore; end: () => Promise<unknown> }
  stop(): Promise<void>
}

/** A store to test. */
export interface SqlSubject {
  name: string
  /** Gives its server, once it has started: to be called from within a test or a hook. */
  server: () => SqlServer
  /** How many statements revoke how many sessions of one user. Default: 2, one of which looks again, revoke 1,000. */
  revocation?: { statements: number; sessions: number }
}
