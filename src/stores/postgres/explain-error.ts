import { ConfigError } from '../../core/errors.ts'
import { codeOf } from '../error-code.ts'
import { unreachable } from '../unreachable.ts'

const STORE = 'PostgresSessionStore'
const MIGRATE = 'Call `await store.migrate()` once at start, or run the SQL that `store.schema()` gives.'

/**
 * What each fault of the set-up means, by SQLSTATE.
 * @see PostgreSQL documentation, appendix A: error codes
 */
const FIXES: Readonly<Record<string, string>> = {
  '42P01': `its table is not there. ${MIGRATE}`,
  '42703': 'its table lacks a column: something else made it. Name another table with the option table.',
  '42501': 'its database role may not do this. Grant it SELECT, INSERT, UPDATE and DELETE on the table.',
  '28P01': 'the password is wrong for this user. Correct it in the settings of the client.',
  '28000': 'the server does not let this user in. Correct user and password in the settings of the client.',
  '3D000': 'this database is not there. Make it, or correct its name in the settings of the client.',
  '3F000': 'the schema named in the option table is not there. Make it, or correct the option.',
  '26000': 'a prepared statement is gone: a transaction pooler stands between. Leave the option prepare out.',
  '42P05':
    'a prepared statement is taken: a transaction pooler stands between. Leave the option prepare out.',
}

/** What a fault of making the table means, where it is another than that of using it. */
const MIGRATION_FIXES: typeof FIXES = {
  ...FIXES,
  '42501':
    'its database role may not make the table or an index of it. Run the SQL that `store.schema()` gives as a role that may, and grant this one SELECT, INSERT, UPDATE and DELETE on the table.',
}

/** Makes an error that names the fix where there is one; any other error of the driver comes out as it is. */
export function explainError(error: unknown, table: string): unknown {
  return explain(error, table, FIXES)
}

/** Does the same for an error of making the table. */
export function explainMigrationError(error: unknown, table: string): unknown {
  return explain(error, table, MIGRATION_FIXES)
}

function explain(error: unknown, table: string, fixes: typeof FIXES): unknown {
  const fix = fixes[String(codeOf(error))]
  if (fix === undefined) return unreachable(STORE, error) ?? error
  return new ConfigError('ERR_CONFIG_INVALID', `${STORE} cannot use ${table}: ${fix}`, { cause: error })
}
