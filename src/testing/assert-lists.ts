import type { SessionRecord } from '../core/record.ts'
import { assertEqual } from './assert.ts'
import type { StoreWith } from './store-case.ts'

/** Checks that listByUser gives exactly these records, in whatever order. */
export async function assertLists(
  store: StoreWith<'listByUser'>,
  user: string,
  expected: SessionRecord[],
): Promise<void> {
  assertEqual(
    (await store.listByUser(user)).toSorted(byId),
    expected.toSorted(byId),
    `the records of ${JSON.stringify(user)}`,
  )
}

function byId(a: SessionRecord, b: SessionRecord): number {
  return a.id < b.id ? -1 : 1
}
