import type { SessionRecord } from '../core/record.ts'
import { DAY, newRecord } from './sample-records.ts'
import type { StoreWith } from './store-case.ts'

/** More records of one user than what a backend may give, or take, at a time: often 1,000. */
export const MANY = 1_100
const AT_ONCE = 100

/** Writes so many records of one user, and gives them. */
export async function writeRecords(
  store: StoreWith<never>,
  count: number,
  user: string,
): Promise<SessionRecord[]> {
  const records = Array.from({ length: count }, () => newRecord({ user }))
  await inBatches(records, async (record) => store.set(record.id, record, { ttl: DAY }))
  return records
}

/** Runs something for each item, a hundred at once. */
export async function inBatches<T>(items: T[], run: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE)
    await Promise.all(items.slice(from, from + AT_ONCE).map(run))
}
