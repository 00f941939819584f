import { ConfigError } from '../../core/errors.ts'
import { isError } from '../../core/is-error.ts'

// By SQLite's own words, which are the same through every driver. The drivers' codes are not.
const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /is locked|is busy/i,
    'Another connection holds the database, and did not let go in time: end what it is at, or wait longer with the option busyTimeout.',
  ],
  [/readonly database/i, 'Open it for writing, and let the process write to the file and to its folder.'],
  [
    /reserved for internal use/i,
    'Names that begin with sqlite_ are for SQLite alone: name another table with the option table.',
  ],
  [
    /no such column|no column named|already an? |may not be indexed|because it is a view|ON CONFLICT clause/i,
    'It was made by something else: name another one with the option table.',
  ],
]

/**
 * Makes the error of a store that cannot start on its database.
 * @param what - What it cannot do: `use the table sessions`.
 * @param otherwise - The fix when the reason is none that has its own.
 */
export function startError(what: string, cause: unknown, otherwise: string): ConfigError {
  const reason = isError(cause) ? cause.message : String(cause)
  const [, fix = otherwise] = FIXES.find(([words]) => words.test(reason)) ?? []
  return new ConfigError('ERR_CONFIG_INVALID', `SqliteSessionStore cannot ${what}: ${reason}. ${fix}`, {
    cause,
  })
}
