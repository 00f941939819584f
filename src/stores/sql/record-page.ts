import type { SessionRecord } from '../../core/record.ts'
import type { RecordPage } from '../../core/store.ts'

const DEFAULT_LIMIT = 100
const HIGHEST_LIMIT = 10_000

/** Makes of the limit that was asked for a whole number from 1 to 10,000, 100 when none was. */
export function pageLimit(limit: number = DEFAULT_LIMIT): number {
  return Number.isNaN(limit) ? DEFAULT_LIMIT : Math.trunc(Math.min(Math.max(limit, 1), HIGHEST_LIMIT))
}

/** Makes a page of records that are in the order of their ids: the next begins after the last one's id. */
export function pageOf(records: SessionRecord[], limit: number): RecordPage {
  const last = records[limit - 1]
  return last === undefined ? { records } : { records, cursor: last.id }
}
