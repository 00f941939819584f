import { RECORD_COLUMNS } from '../sql/record-row.ts'

/** How many expired rows go in one statement. */
export const EXPIRED_BATCH = 500

// The server's clock, in milliseconds. Not now(), which stands still in a transaction, and not clock_timestamp(),
// which changes while a statement runs and so cannot be looked up in an index.
const NOW = '(extract(epoch FROM statement_timestamp()) * 1000)::bigint'

const SET_ALL = `data = excluded.data, revision = excluded.revision, created_at = excluded.created_at,
  touched_at = excluded.touched_at, expires_at = excluded.expires_at, user_id = excluded.user_id,
  dies_at = excluded.dies_at`

/** What the store says to the server. Each write is one statement, and so one atomic step. */
export interface PostgresStatements {
  /** $1 id. */
  get: string
  /** $1 to $7 the record's values, $8 ttl. */
  set: string
  /** $1 to $7 the record's values, $8 ttl. */
  create: string
  /** $1 to $7 the record's values, $8 ttl, $9 revision. */
  replace: string
  /** $1 id, $2 revision. */
  end: string
  /** $1 id. */
  isLive: string
  /** $1 id, $2 touched_at, $3 expires_at, $4 ttl. */
  touch: string
  /** $1 id. */
  destroy: string
  /** $1 user. */
  listByUser: string
  /** $1 user, $2 an id to keep. */
  destroyByUser: string
  /** $1 user, $2 an id to pass over. Gives a row when there is one. */
  anyByUser: string
  /** $1 the id before the first, $2 limit. */
  page: string
  /** $1 how many milliseconds a record must live yet. */
  count: string
  /** $1 limit. */
  deleteExpired: string
}

/** Writes the statements for a table, whose name comes quoted. */
export function postgresStatements(table: string): PostgresStatements {
  const select = `SELECT ${RECORD_COLUMNS} FROM ${table} AS stored`
  const insert = `INSERT INTO ${table} AS stored (${RECORD_COLUMNS}, dies_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, ${NOW} + $8::bigint)`
  return {
    get: `${select} WHERE id = $1 AND dies_at > ${NOW}`,
    set: `${insert} ON CONFLICT (id) DO UPDATE SET ${SET_ALL}`,
    create: `${insert} ON CONFLICT (id) DO UPDATE SET ${SET_ALL} WHERE stored.dies_at <= ${NOW}`,
    replace: `UPDATE ${table} SET data = $2, revision = $3, created_at = $4, touched_at = $5, expires_at = $6,
      user_id = $7, dies_at = ${NOW} + $8::bigint WHERE id = $1 AND revision = $9 AND dies_at > ${NOW}`,
    end: `DELETE FROM ${table} WHERE id = $1 AND revision = $2 AND dies_at > ${NOW}`,
    isLive: `SELECT 1 FROM ${table} WHERE id = $1 AND dies_at > ${NOW}`,
    touch: `UPDATE ${table} SET touched_at = $2, expires_at = $3, dies_at = ${NOW} + $4::bigint
      WHERE id = $1 AND dies_at > ${NOW}`,
    destroy: `DELETE FROM ${table} WHERE id = $1`,
    listByUser: `${select} WHERE user_id = $1 AND dies_at > ${NOW}`,
    destroyByUser: `DELETE FROM ${table} WHERE user_id = $1 AND id <> $2 AND dies_at > ${NOW}`,
    anyByUser: `SELECT 1 FROM ${table} WHERE user_id = $1 AND id <> $2 AND dies_at > ${NOW} LIMIT 1`,
    page: `${select} WHERE id > $1 AND dies_at > ${NOW} ORDER BY id LIMIT $2::bigint`,
    count: `SELECT count(*) FROM ${table} WHERE dies_at > ${NOW} + $1::bigint`,
    // ANY(ARRAY(...)), not IN (...): the subquery then runs exactly once, and takes exactly one batch.
    deleteExpired: `DELETE FROM ${table} WHERE id = ANY (ARRAY(
      SELECT id FROM ${table} WHERE dies_at <= ${NOW} ORDER BY dies_at LIMIT $1::bigint FOR UPDATE SKIP LOCKED))`,
  }
}
