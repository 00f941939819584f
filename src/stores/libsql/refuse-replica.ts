import { ConfigError } from '../../core/errors.ts'
import { reasonOf } from '../sql/sqlite-dialect/table-fixes.ts'
import type { LibsqlClient } from './client.ts'

// As each client says it whose database is one alone, in a file or on a server.
const NO_REPLICA = /sync ?not ?supported|sync is not supported/i

/**
 * Gives what to refuse a client with that reads from a copy of its database in a file: what another process has ended lives on there
 * until the next synchronization. Such a client is not to be told from another by looking, so it is asked for one.
 * @returns A `ConfigError` with `ERR_STORE_UNSUPPORTED`; `null` for a client that reads from its database itself.
 * @throws {unknown} the client's own error, when it could not be told.
 */
export async function refusalOf(client: LibsqlClient): Promise<ConfigError | null> {
  try {
    await client.sync()
  } catch (error) {
    if (NO_REPLICA.test(reasonOf(error))) return null
    throw error
  }
  return new ConfigError(
    'ERR_STORE_UNSUPPORTED',
    'LibsqlSessionStore was given a client with a syncUrl, which reads from a copy that is behind: somebody who has logged out elsewhere would still be logged in here. Give it a client of its own, whose url is that syncUrl.',
  )
}
