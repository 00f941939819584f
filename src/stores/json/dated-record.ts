import type { SessionRecord } from '../../core/record.ts'

/** A record with its deadline beside it, for backends whose own expiry is coarse, late or missing. */
export interface DatedRecord {
  /** The record, as the engine gave it. */
  record: SessionRecord
  /** When it must no longer be given out, in milliseconds since the epoch by the writer's clock. */
  deadline: number
}

/**
 * Tells whether what a backend gave back is a record with its deadline, and not something that others wrote or
 * that is torn. What the record itself holds is the engine's to check.
 */
export function isDatedRecord(value: unknown): value is DatedRecord {
  if (typeof value !== 'object' || value === null) return false
  const dated: Partial<Record<keyof DatedRecord, unknown>> = value
  return typeof dated.deadline === 'number' && typeof dated.record === 'object' && dated.record !== null
}
