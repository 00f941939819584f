/**
 * What a store keeps under a session id: plain and JSON-safe, so that
 * `JSON.parse(JSON.stringify(record))` gives the same record back.
 *
 * All times are milliseconds since the Unix epoch, by the clock of the process that wrote the record.
 */
export interface SessionRecord {
  /** The session id: 43 base64url characters, the SHA-256 of a token. Repeats the store's key, and is checked against it. */
  id: string
  /** The session's data, as JSON text. Stores never parse it. */
  data: string
  /** Counts the writes of `data`: 1 when created, one more with each `replace`. A touch leaves it as it is. */
  revision: number
  /** When the session began, or its user last signed in. The absolute timeout counts from here. */
  createdAt: number
  /** When the session was last known to be in use. The idle timeout counts from here. */
  touchedAt: number
  /** When the session ends if nobody touches it again: the nearer of idle and absolute timeout. */
  expiresAt: number
  /** The id of the person the session belongs to. Absent on an anonymous session. */
  user?: string
}

/**
 * Tells whether what a store gave is a complete record of this id, and not another one's, torn, or of
 * wrong types. Stores are not trusted: what they hold may have been written by anybody.
 */
export function isRecordOf(stored: unknown, id: string): stored is SessionRecord {
  if (typeof stored !== 'object' || stored === null) return false
  const record: Partial<Record<keyof SessionRecord, unknown>> = stored
  return (
    record.id === id &&
    typeof record.data === 'string' &&
    isCount(record.revision) &&
    isCount(record.createdAt) &&
    isCount(record.touchedAt) &&
    isCount(record.expiresAt) &&
    (record.user === undefined || typeof record.user === 'string')
  )
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
