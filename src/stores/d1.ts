import { type D1Binding, d1Binding } from './d1/binding.ts'
import { d1Database } from './d1/database.ts'
import { explainError } from './d1/explain-error.ts'
import {
  type SqliteDialectStoreOptions as D1SessionStoreOptions,
  SqliteDialectStore,
} from './sql/sqlite-dialect/dialect-store.ts'

export type { D1Answer, D1Binding, D1Statement } from './d1/binding.ts'
export type { D1SessionStoreOptions }

/**
 * Keeps sessions in a D1 database of Cloudflare: for Workers, in any number of places.
 *
 * Each operation is one statement and one round trip, so that each write is one atomic step. It has no timer, and does
 * nothing before its first use: it may be made while a module loads. A failure of D1 is thrown as it came, but for those
 * that have a fix in the set-up, such as a missing table: those are a {@link ConfigError}.
 */
export class D1SessionStore extends SqliteDialectStore {
  /** Names the class in errors, also in minified code. */
  static override get name(): string {
    return STORE
  }

  /**
   * Takes the binding. Nothing is sent yet.
   * @param database - The binding itself: `env.DB`. Not what `withSession()` gives, which may read from replicas.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the binding is missing or none to a D1 database, or an option is unknown or
   * not usable.
   */
  constructor(database: D1Binding, options: D1SessionStoreOptions = {}) {
    super(
      {
        store: STORE,
        connect: () => d1Database(d1Binding(database)),
        explain: explainError,
        sendsTwice: false, // D1 repeats reads alone
      },
      options,
    )
  }
}

const STORE = 'D1SessionStore'
