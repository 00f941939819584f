import { RECORD_COLUMNS } from '../record-row.ts'

/** What a store says to a SQLite, each as the driver wants it. `now` and `dies_at` are on the store's clock. */
export interface SqliteStatements<Statement> {
  /** By id, now. */
  get: Statement
  /** By the record's values, dies_at. */
  set: Statement
  /** By the record's values, dies_at, now. */
  create: Statement
  /** By the record's values but the id, dies_at, id, revision, now. */
  replace: Statement
  /** By id, revision, now. */
  end: Statement
  /** By id, now. Gives a row when a live one is there; 1 in it would say that the asker's own write has made it so. */
  look: Statement
  /** By touched_at, expires_at, dies_at, id, now. */
  touch: Statement
  /** By id. */
  destroy: Statement
  /** By user, now. */
  listByUser: Statement
  /** By user, an id to keep, now. */
  destroyByUser: Statement
  /** By the id before the first, now, limit. */
  page: Statement
  /** By now. */
  count: Statement
  /** By now, limit. */
  deleteExpired: Statement
}

/** Sets all columns of a record to those of the row that met it. */
export const SET_ALL = `data = excluded.data, revision = excluded.revision, created_at = excluded.created_at,
  touched_at = excluded.touched_at, expires_at = excluded.expires_at, user_id = excluded.user_id,
  dies_at = excluded.dies_at`

/**
 * Writes all statements for a table. Each write is one statement, and so one atomic step.
 * @param prepare - Makes of SQL what the driver wants.
 */
export function sqliteStatements<Statement>(
  table: string,
  prepare: (sql: string) => Statement,
): SqliteStatements<Statement> {
  const select = `SELECT ${RECORD_COLUMNS} FROM "${table}"`
  const insert = `INSERT INTO "${table}" (${RECORD_COLUMNS}, dies_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
  return {
    get: prepare(`${select} WHERE id = ? AND dies_at > ?`),
    set: prepare(`${insert} ON CONFLICT (id) DO UPDATE SET ${SET_ALL}`),
    create: prepare(`${insert} ON CONFLICT (id) DO UPDATE SET ${SET_ALL} WHERE "${table}".dies_at <= ?`),
    replace: prepare(
      `UPDATE "${table}" SET data = ?, revision = ?, created_at = ?, touched_at = ?, expires_at = ?,
        user_id = ?, dies_at = ? WHERE id = ? AND revision = ? AND dies_at > ?`,
    ),
    end: prepare(`DELETE FROM "${table}" WHERE id = ? AND revision = ? AND dies_at > ?`),
    look: prepare(`SELECT 0 FROM "${table}" WHERE id = ? AND dies_at > ?`),
    touch: prepare(
      `UPDATE "${table}" SET touched_at = ?, expires_at = ?, dies_at = ? WHERE id = ? AND dies_at > ?`,
    ),
    destroy: prepare(`DELETE FROM "${table}" WHERE id = ?`),
    listByUser: prepare(`${select} WHERE user_id = ? AND dies_at > ?`),
    destroyByUser: prepare(`DELETE FROM "${table}" WHERE user_id = ? AND id <> ? AND dies_at > ?`),
    page: prepare(`${select} WHERE id > ? AND dies_at > ? ORDER BY id LIMIT ?`),
    count: prepare(`SELECT count(*) FROM "${table}" WHERE dies_at > ?`),
    deleteExpired: prepare(
      `DELETE FROM "${table}" WHERE rowid IN (SELECT rowid FROM "${table}" WHERE dies_at <= ? LIMIT ?)`,
    ),
  }
}
