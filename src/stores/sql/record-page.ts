import type { SessionRecord } from '../../core/record.ts'
import type { RecordPage } from '../../core/store.ts'

/** Makes a page of records that are in the order of their ids: the next begins after the last one's id. */
export function pageOf(records: SessionRecord[], limit: number): RecordPage {
  const last = records[limit - 1]
  return last === undefined ? { records } : { records, cursor: last.id }
}
