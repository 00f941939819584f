import { ConfigError } from '../../core/errors.ts'
import { type Fix, fixFor, reasonOf, TABLE_FIXES } from '../sql/sqlite-dialect/table-fixes.ts'

// By SQLite's own words, which are the same through every driver. The drivers' codes are not.
const FIXES: readonly Fix[] = [
  [
    /is locked|is busy/i,
    'Another connection holds the database, and did not let go in time: end what it is at, or wait longer with the option busyTimeout.',
  ],
  [/readonly database/i, 'Open it for writing, and let the process write to the file and to its folder.'],
  ...TABLE_FIXES,
]

/**
 * Makes the error of a store that cannot start on its database.
 * @param what - What it cannot do: `use the table sessions`.
 * @param otherwise - The fix when the reason is none that has its own.
 */
export function startError(what: string, cause: unknown, otherwise: string): ConfigError {
  const fix = fixFor(cause, FIXES) ?? otherwise
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `SqliteSessionStore cannot ${what}: ${reasonOf(cause)}. ${fix}`,
    {
      cause,
    },
  )
}
