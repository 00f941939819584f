import { expect } from 'vitest'
import type { ConditionalStore } from '../../../src/core/store.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'

// With the mark that a text may begin with, as the first user of a file that was read in has it.
const MARKED = '\uFEFFann'

/** Checks on an empty table that records come back as they were, whatever the client's app makes of its own columns. */
export async function recordsComeBack(
  store: Pick<ConditionalStore, 'create' | 'get' | 'replace' | 'listByUser' | 'count'>,
): Promise<void> {
  for (const record of [newRecord({ user: MARKED }), newRecord()]) {
    await store.create(record.id, record, { ttl: 60_000 })
    expect(await store.get(record.id)).toEqual(record)
    expect(await store.replace(record.id, record, { ttl: 60_000, revision: 1 })).toBe('written')
  }
  expect(await store.listByUser?.(MARKED)).toHaveLength(1)
  expect(await store.count?.()).toBe(2)
}
