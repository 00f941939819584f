import type { SessionRecord } from '../core/record.ts'

/**
 * Stands for something that is there and is no record of ours. A revision that is no number is what the engine
 * knows it by: a load is then a miss that is told as `corrupt`, and no list shows it. A `null` would say that
 * nothing is there.
 */
export function unreadableRecord(id: string): SessionRecord {
  return { id, data: '', revision: Number.NaN, createdAt: 0, touchedAt: 0, expiresAt: 0 }
}
