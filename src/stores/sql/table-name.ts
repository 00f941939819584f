import { invalidOption } from '../options.ts'

/** The table the SQL stores use when none is named. */
export const DEFAULT_TABLE = 'coatcheck_sessions'

// Short enough for the names of the indexes made from it: PostgreSQL cuts names at 63 bytes.
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,47}$/

/**
 * Takes a table name apart and checks each part. SQL has no placeholder for a name, so what passes here is all
 * that is ever written into a statement.
 * @param qualified - Whether `schema.table` is taken too.
 * @returns The table's parts: the table alone, or schema and table.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` a part is not a plain identifier.
 */
export function tableNameParts(store: string, name: unknown, qualified: boolean): string[] {
  const parts = typeof name === 'string' ? name.split('.') : []
  const most = qualified ? 2 : 1
  if (parts.length >= 1 && parts.length <= most && parts.every((part) => IDENTIFIER.test(part))) return parts
  const shape = 'letters, digits and underscores, at most 48, not beginning with a digit'
  throw invalidOption(store, 'table', qualified ? `${shape}, or schema.table of such names` : shape, name)
}
