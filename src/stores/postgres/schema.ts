// Any number will do, as long as nobody else locks it: this is 'coat' and 'chek' in ASCII.
const MIGRATION_LOCK = '7165065874894480747'

/**
 * Gives the SQL that makes the table and its indexes unless they are there. Names come quoted.
 *
 * The columns are compared byte by byte (`COLLATE "C"`): an index in a language's order breaks when the operating
 * system's idea of the language changes. The index on the user is a hash, which takes a user id of any length.
 */
export function postgresSchema(table: string, userIndex: string, deadlineIndex: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (
  id text COLLATE "C" NOT NULL PRIMARY KEY,
  data text NOT NULL,
  revision bigint NOT NULL,
  created_at bigint NOT NULL,
  touched_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  user_id text COLLATE "C",
  dies_at bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS ${userIndex} ON ${table} USING hash (user_id);
CREATE INDEX IF NOT EXISTS ${deadlineIndex} ON ${table} (dies_at);
`
}

/**
 * Gives a row for each of two indexes that a table has: $1 the table's name, quoted, $2 and $3 the indexes' names, bare.
 *
 * Reads the catalogue and waits for nobody. CREATE INDEX does, whatever its IF NOT EXISTS finds: for all who write to
 * the table, and all who would write wait behind it.
 */
export const INDEXES_THERE = `SELECT 1 FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  WHERE i.indrelid = pg_catalog.to_regclass($1) AND c.relname IN ($2, $3)`

/**
 * Gives what else in the table's schema has the name of one of its two indexes, and that name. By the same values.
 *
 * A table that is renamed keeps its indexes as they are called, and IF NOT EXISTS passes over any relation of the name.
 */
export const INDEX_NAMES_TAKEN = `SELECT coalesce(i.indrelid, c.oid)::pg_catalog.regclass::text, c.relname::text
  FROM pg_catalog.pg_class AS t
  JOIN pg_catalog.pg_class AS c ON c.relnamespace = t.relnamespace AND c.relname IN ($2, $3)
  LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
  WHERE t.oid = pg_catalog.to_regclass($1) AND i.indrelid IS DISTINCT FROM t.oid ORDER BY c.relname DESC`

/**
 * Puts a lock around a schema's SQL: two processes making one table at once, even with IF NOT EXISTS, can fail.
 * Sent in one message, it all is one transaction, at whose end lock and setting go by themselves.
 */
export function underMigrationLock(schema: string): string {
  return `SET LOCAL client_min_messages = warning;
SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});
${schema}`
}
