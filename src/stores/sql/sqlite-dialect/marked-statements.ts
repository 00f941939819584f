import { RECORD_COLUMNS } from '../record-row.ts'
import { SET_ALL, type SqliteStatements, sqliteStatements } from './statements.ts'

// The last four, of 12 characters each: a write is known by its mark also under a few later ones.
const KEPT_CHARACTERS = 48
// What has ended is kept so long, for a write that comes a second time.
const KEPT_MS = 60_000

/**
 * Writes the statements for a database that may be sent one of them twice: Deno does so on its own when the answer to a request got
 * lost. Each write leaves a mark in its row, which is its last value, and a look by that mark tells whether it was the writer's own that
 * stands in its way. A record that is ended on a condition keeps its marks, without its data and its user, for a minute.
 *
 * Touches, removals and the end of a user's sessions may be done twice, and need none.
 */
export function markedStatements(table: string): SqliteStatements<string> {
  const marks = `coalesce("${table}".marks, '')`
  const marked = (mark: string): string => `marks = substr(${mark} || ${marks}, 1, ${KEPT_CHARACTERS})`
  return {
    ...sqliteStatements(table, (sql) => sql),
    create: `INSERT INTO "${table}" (${RECORD_COLUMNS}, dies_at, marks) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?10)
      ON CONFLICT (id) DO UPDATE SET ${SET_ALL}, marks = excluded.marks
      WHERE "${table}".dies_at <= ?9 AND instr(${marks}, ?10) = 0`,
    replace: `UPDATE "${table}" SET data = ?1, revision = ?2, created_at = ?3, touched_at = ?4, expires_at = ?5,
      user_id = ?6, dies_at = ?7, ${marked('?11')} WHERE id = ?8 AND revision = ?9 AND dies_at > ?10`,
    // Below zero, when it ended: not alive by any clock, one that is behind, or that of a write that set out before and comes after.
    end: `UPDATE "${table}" SET data = '', user_id = NULL, dies_at = -?3, ${marked('?4')}
      WHERE id = ?1 AND revision = ?2 AND dies_at > ?3`,
    look: `SELECT instr(${marks}, ?3) > 0 FROM "${table}" WHERE id = ?1 AND (dies_at > ?2 OR instr(${marks}, ?3) > 0)`,
    deleteExpired: `DELETE FROM "${table}" WHERE rowid IN
      (SELECT rowid FROM "${table}" WHERE dies_at BETWEEN 0 AND ?1 - ${KEPT_MS} OR dies_at BETWEEN ${KEPT_MS} - ?1 AND -1 LIMIT ?2)`,
  }
}
