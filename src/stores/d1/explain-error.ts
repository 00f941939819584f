import { ConfigError } from '../../core/errors.ts'
import { type Fix, fixFor, reasonOf, TABLE_FIXES } from '../sql/sqlite-dialect/table-fixes.ts'

// D1's errors have no code. What they say holds names of tables and columns, and no value that was bound.
const FIXES: readonly Fix[] = [
  [
    /no such table/i,
    'Put the SQL that `store.schema()` gives into a migration of wrangler and apply it, or call `await store.migrate()` once.',
  ],
  [
    /not authorized/i,
    'Names that begin with _cf_ are for Cloudflare alone: name another table with the option table.',
  ],
  ...TABLE_FIXES,
]

/** Makes an error that names the fix where there is one; any other error of D1 comes out as it is. */
export function explainError(error: unknown, table: string): unknown {
  const fix = fixFor(error, FIXES)
  if (fix === undefined) return error
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `D1SessionStore cannot use the table ${table}: ${reasonOf(error)}. ${fix}`,
    { cause: error },
  )
}
