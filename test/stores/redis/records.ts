import type { SessionRecord } from '../../../src/core/record.ts'

/** An hour in milliseconds: the ttl of records whose end does not matter. */
export const HOUR = 3_600_000

/** A record that begins now. */
export function recordOf(id: string, changes: Partial<SessionRecord> = {}): SessionRecord {
  const now = Date.now()
  const times = { createdAt: now, touchedAt: now, expiresAt: now + HOUR }
  return { id, data: `{"of":"${id}"}`, revision: 1, ...times, ...changes }
}

/** What a touch at this moment moves to an hour from now. */
export function touchNow(ttl: number = HOUR): { ttl: number; touchedAt: number; expiresAt: number } {
  const now = Date.now()
  return { ttl, touchedAt: now, expiresAt: now + ttl }
}
