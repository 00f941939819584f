import { ConfigError } from '../../core/errors.ts'
import { codeOf } from '../error-code.ts'
import { unreachable } from '../unreachable.ts'

const STORE = 'MysqlSessionStore'
const MIGRATE = 'Call `await store.migrate()` once at start, or run the SQL that `store.schema()` gives.'

/** What each fault of the set-up means, by the server's name for it. */
const FIXES: Readonly<Record<string, string>> = {
  ER_NO_SUCH_TABLE: `its table is not there. ${MIGRATE}`,
  ER_BAD_FIELD_ERROR:
    'its table lacks a column: something else made it. Name another table with the option table.',
  ER_TABLEACCESS_DENIED_ERROR:
    'its database user may not do this. Grant it SELECT, INSERT, UPDATE and DELETE on the table.',
  ER_ACCESS_DENIED_ERROR:
    'the server does not let this user in, or the password is wrong. Correct them in the settings of the client.',
  ER_DBACCESS_DENIED_ERROR:
    'this user may not use the database. Grant it access, or correct the database in the settings of the client.',
  ER_BAD_DB_ERROR: 'this database is not there. Make it, or correct its name in the settings of the client.',
  ER_NO_DB_ERROR: 'no database is chosen. Name one in the settings of the client, or in the option table.',
}

/** What a fault of making the table means, where it is another than that of using it. */
const MIGRATION_FIXES: typeof FIXES = {
  ...FIXES,
  ER_TABLEACCESS_DENIED_ERROR:
    'its database user may not make the table. Run the SQL that `store.schema()` gives as a user that may, and grant this one SELECT, INSERT, UPDATE and DELETE on the table.',
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
