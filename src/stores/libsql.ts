import { type LibsqlClient, libsqlClient } from './libsql/client.ts'
import { libsqlDatabase } from './libsql/database.ts'
import { explainError } from './libsql/explain-error.ts'
import {
  type SqliteDialectStoreOptions as LibsqlSessionStoreOptions,
  SqliteDialectStore,
} from './sql/sqlite-dialect/dialect-store.ts'

export type { LibsqlClient, LibsqlResult, LibsqlStatement } from './libsql/client.ts'
export type { LibsqlSessionStoreOptions }

/**
 * Keeps sessions in a libSQL database, such as Turso's: for servers and for functions on the edge, in any number.
 *
 * Each operation is one statement and one round trip, so that each write is one atomic step, and each write leaves a mark, so that one
 * that is sent twice is known. It has no timer, and does nothing before its first use: it may be made while a module loads. A failure of
 * the client is thrown as it came, but for those that have a fix in the set-up, such as a missing table: those are a
 * {@link ConfigError}. At its first use a client that reads from an embedded replica is refused, with `ERR_STORE_UNSUPPORTED`.
 */
export class LibsqlSessionStore extends SqliteDialectStore {
  /** Names the class in errors, also in minified code. */
  static override get name(): string {
    return STORE
  }

  /**
   * Takes the client. Nothing is sent yet.
   * @param client - `createClient({ url, authToken })` of `@libsql/client`, its `/web` or `/http`, or of
   * `@tursodatabase/serverless/compat`. Without `syncUrl`. It stays yours: the store never closes it.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` it is no such client, or an option is unknown or not usable.
   */
  constructor(client: LibsqlClient, options: LibsqlSessionStoreOptions = {}) {
    super(
      {
        store: STORE,
        connect: () => libsqlDatabase(libsqlClient(client)),
        explain: explainError,
        sendsTwice: true, // on Deno, over HTTP
      },
      options,
    )
  }
}

const STORE = 'LibsqlSessionStore'
