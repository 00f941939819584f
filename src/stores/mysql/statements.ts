import { RECORD_COLUMNS } from '../sql/record-row.ts'

/** How many expired rows go in one statement. */
export const EXPIRED_BATCH = 500

// The server's clock, in milliseconds. Not UNIX_TIMESTAMP(NOW(3)), which goes by the session's time zone and is an
// hour wrong for an hour each autumn.
const NOW = "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)"

/** What the store says to the server, with `?` in the order given. Each is one atomic step. */
export interface MysqlStatements {
  /** By id. */
  get: string
  /** By the record's values, ttl. */
  set: string
  /** By the record's values, ttl. Fails with a duplicate key when the id has a row, live or expired. */
  insert: string
  /** By the record's values but the id, ttl, id. */
  overwriteExpired: string
  /** By the record's values but the id, ttl, id, revision. */
  replace: string
  /** By id, revision. */
  end: string
  /** By id. Gives the revision. */
  liveRevision: string
  /** By touched_at, expires_at, ttl, id. */
  touch: string
  /** By id. */
  destroy: string
  /** By user. */
  listByUser: string
  /** By user, an id to keep. */
  destroyByUser: string
  /** By user, an id to pass over. Gives a row when there is one. */
  anyByUser: string
  /** By the id before the first. */
  page: (limit: number) => string
  /** No values. Reads no row. */
  none: string
  /**
   * No values. Gives 0 where each statement begins a transaction that is left open, and then in which character sets the
   * connection takes statements, works with them, and answers.
   */
  connection: string
  /** No values. */
  count: string
  /** No values. */
  deleteExpired: string
}

/** Writes the statements for a table, whose name comes quoted. */
export function mysqlStatements(table: string): MysqlStatements {
  const select = `SELECT ${RECORD_COLUMNS} FROM ${table}`
  const insert = `INSERT INTO ${table} (${RECORD_COLUMNS}, dies_at) VALUES (?, ?, ?, ?, ?, ?, ?, ${NOW} + ?)`
  const update = `UPDATE ${table} SET data = ?, revision = ?, created_at = ?, touched_at = ?, expires_at = ?,
    user_id = ?, dies_at = ${NOW} + ?`
  return {
    get: `${select} WHERE id = ? AND dies_at > ${NOW}`,
    // VALUES(), which MySQL would rather have written otherwise: in a way MariaDB does not know.
    set: `${insert} ON DUPLICATE KEY UPDATE data = VALUES(data), revision = VALUES(revision),
      created_at = VALUES(created_at), touched_at = VALUES(touched_at), expires_at = VALUES(expires_at),
      user_id = VALUES(user_id), dies_at = VALUES(dies_at)`,
    insert,
    overwriteExpired: `${update} WHERE id = ? AND dies_at <= ${NOW}`,
    replace: `${update} WHERE id = ? AND revision = ? AND dies_at > ${NOW}`,
    end: `DELETE FROM ${table} WHERE id = ? AND revision = ? AND dies_at > ${NOW}`,
    liveRevision: `SELECT revision FROM ${table} WHERE id = ? AND dies_at > ${NOW}`,
    touch: `UPDATE ${table} SET touched_at = ?, expires_at = ?, dies_at = ${NOW} + ?
      WHERE id = ? AND dies_at > ${NOW}`,
    destroy: `DELETE FROM ${table} WHERE id = ?`,
    listByUser: `${select} WHERE user_id = ? AND dies_at > ${NOW}`,
    destroyByUser: `DELETE FROM ${table} WHERE user_id = ? AND id <> ? AND dies_at > ${NOW}`,
    anyByUser: `SELECT 1 FROM ${table} WHERE user_id = ? AND id <> ? AND dies_at > ${NOW} LIMIT 1`,
    // Written in, not a `?`: mysql2 sends numbers as floating point, which LIMIT does not take.
    page: (limit) => `${select} WHERE id > ? AND dies_at > ${NOW} ORDER BY id LIMIT ${limit}`,
    none: `SELECT 1 FROM ${table} LIMIT 0`,
    // NULL for results: as they are kept, which is utf8mb4.
    connection: `SELECT @@autocommit, @@character_set_client, @@character_set_connection,
      COALESCE(@@character_set_results, 'utf8mb4')`,
    count: `SELECT count(*) FROM ${table} WHERE dies_at > ${NOW}`,
    // A join from the batch to the table, and in that order: for IN (...), or if left to choose, MariaDB reads and
    // locks the whole table. The table has no alias: one that is deleted from is looked for in the chosen database,
    // and there may be none. MariaDB takes the batch for a whole table and refuses to read it under sql_safe_updates,
    // which is why it is told otherwise; to MySQL, which knows no SET STATEMENT, that is a comment.
    deleteExpired: `/*M! SET STATEMENT sql_safe_updates = 0 FOR */ DELETE ${table} FROM (
      SELECT id FROM ${table} WHERE dies_at <= ${NOW} ORDER BY dies_at LIMIT ${EXPIRED_BATCH} FOR UPDATE SKIP LOCKED
    ) AS expired STRAIGHT_JOIN ${table} ON ${table}.id = expired.id`,
  }
}
