import { ConfigError } from '../../core/errors.ts'
import { isError, isErrorOf } from '../../core/is-error.ts'
import { type Fix, fixFor, reasonOf, TABLE_FIXES } from '../sql/sqlite-dialect/table-fixes.ts'
import { unreachable } from '../unreachable.ts'

const STORE = 'LibsqlSessionStore'

// By words: codes differ between the ways to a database, and over HTTP a refusal has none but its status.
const FIXES: readonly Fix[] = [
  [
    /no such table/i,
    'Call `await store.migrate()` once, or run the SQL that `store.schema()` gives: as a migration of yours, or in `turso db shell`.',
  ],
  [
    /status:? 401\b|AUTH_/i,
    'Give its client an authToken that is of this database and not expired: `turso db tokens create` makes one.',
  ],
  [
    /status:? 403\b|readonly database/i,
    'Its client may read and not write: give it an authToken that may, or let the process write to the file and to its folder.',
  ],
  [/status:? 404\b/i, 'There is no database at the url of its client: `turso db show` tells it.'],
  ...TABLE_FIXES,
]

/** Makes an error that names the fix where there is one; any other error of the client comes out as it is. */
export function explainError(error: unknown, table: string): unknown {
  const fix = fixFor(error, FIXES)
  if (fix !== undefined) {
    return new ConfigError(
      'ERR_CONFIG_INVALID',
      `${STORE} cannot use the table ${table}: ${reasonOf(error)}. ${fix}`,
      { cause: error },
    )
  }
  if (isErrorOf('SyntaxError', error)) {
    // Without its cause: the parser's message shows a piece of what it read.
    return new Error(
      `${STORE} got an answer that cannot be read. Check that a libSQL server is at the url of its client.`,
    )
  }
  return (
    causesOf(error)
      .map((cause) => unreachable(STORE, cause))
      .find(isError) ?? error
  )
}

/** Gives an error and what lies underneath: `fetch` has the reason in its cause, and clients have the error of `fetch` in theirs. */
function causesOf(error: unknown): unknown[] {
  return isError(error) ? [error, ...causesOf(error.cause)] : []
}
