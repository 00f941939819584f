import type { SessionRecord } from '../../core/record.ts'
import { decodeKey, encodeKey } from '../key-text.ts'

/** The columns of a record, in the order in which {@link recordOf} reads and {@link valuesOf} gives them. */
export const RECORD_COLUMNS = 'id, data, revision, created_at, touched_at, expires_at, user_id'

/**
 * Makes a record of one row's values. What a column holds is not trusted to be of its type: the engine checks
 * the record, and drivers give whole numbers as numbers, texts or bigints as they are set up.
 */
export function recordOf(row: readonly unknown[]): SessionRecord {
  const [id, data, revision, createdAt, touchedAt, expiresAt, user] = row
  const record: SessionRecord = {
    id: decodeKey(String(id)),
    data: String(data),
    revision: Number(revision),
    createdAt: Number(createdAt),
    touchedAt: Number(touchedAt),
    expiresAt: Number(expiresAt),
  }
  // Drivers give undefined for NULL where they are set up so.
  if (user !== null && user !== undefined) record.user = decodeKey(String(user))
  return record
}

/** A value that every driver takes. */
export type SqlValue = string | number | null

/** Gives a record's values in the order of {@link RECORD_COLUMNS}, under the store's key. */
export function valuesOf(id: string, record: SessionRecord): SqlValue[] {
  return [
    encodeKey(id),
    record.data,
    record.revision,
    record.createdAt,
    record.touchedAt,
    record.expiresAt,
    record.user === undefined ? null : encodeKey(record.user),
  ]
}
