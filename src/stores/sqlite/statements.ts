import { RECORD_COLUMNS } from '../sql/record-row.ts'
import type { SqliteDatabase, SqliteStatement } from './database.ts'

/** How many expired rows go in one statement: some 5 ms, the longest a request can be held up by the cleanup. */
export const EXPIRED_BATCH = 100

/** What the store says to the database, each prepared once. `now` and `dies_at` are on the store's clock. */
export interface SqliteStatements {
  /** By id, now. */
  get: SqliteStatement
  /** By the record's values, dies_at. */
  set: SqliteStatement
  /** By the record's values, dies_at, now. */
  create: SqliteStatement
  /** By the record's values but the id, dies_at, id, revision, now. */
  replace: SqliteStatement
  /** By id, revision, now. */
  end: SqliteStatement
  /** By id, now. */
  isLive: SqliteStatement
  /** By touched_at, expires_at, dies_at, id, now. */
  touch: SqliteStatement
  /** By id. */
  destroy: SqliteStatement
  /** By user, now. */
  listByUser: SqliteStatement
  /** By user, an id to keep, now. */
  destroyByUser: SqliteStatement
  /** By the id before the first, now, limit. */
  page: SqliteStatement
  /** By now. */
  count: SqliteStatement
  /** By now. */
  deleteExpired: SqliteStatement
}

const SET_ALL = `data = excluded.data, revision = excluded.revision, created_at = excluded.created_at,
  touched_at = excluded.touched_at, expires_at = excluded.expires_at, user_id = excluded.user_id,
  dies_at = excluded.dies_at`

/** Prepares all statements on a table that is there. Each write is one statement, and so one atomic step. */
export function prepareStatements(database: SqliteDatabase, table: string): SqliteStatements {
  const prepare = (sql: string): SqliteStatement => database.prepare(sql)
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
    isLive: prepare(`SELECT 1 FROM "${table}" WHERE id = ? AND dies_at > ?`),
    touch: prepare(
      `UPDATE "${table}" SET touched_at = ?, expires_at = ?, dies_at = ? WHERE id = ? AND dies_at > ?`,
    ),
    destroy: prepare(`DELETE FROM "${table}" WHERE id = ?`),
    listByUser: prepare(`${select} WHERE user_id = ? AND dies_at > ?`),
    destroyByUser: prepare(`DELETE FROM "${table}" WHERE user_id = ? AND id <> ? AND dies_at > ?`),
    page: prepare(`${select} WHERE id > ? AND dies_at > ? ORDER BY id LIMIT ?`),
    count: prepare(`SELECT count(*) FROM "${table}" WHERE dies_at > ?`),
    deleteExpired: prepare(
      `DELETE FROM "${table}" WHERE rowid IN
        (SELECT rowid FROM "${table}" WHERE dies_at <= ? LIMIT ${EXPIRED_BATCH})`,
    ),
  }
}
