import { expect, test } from 'vitest'
import type { SessionRecord } from '../../../src/core/record.ts'
import { RecordPage, TEXT } from '../../../src/stores/memory/record-page.ts'
import { RecordTable } from '../../../src/stores/memory/record-table.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { DAY, newRecord } from '../../../src/testing/sample-records.ts'

const TTL = { ttl: DAY }

function walk(store: MemorySessionStore, limit: number): SessionRecord[] {
  const records: SessionRecord[] = []
  let cursor: string | undefined
  do {
    const page = store.entries({ limit, ...(cursor !== undefined && { cursor }) })
    records.push(...page.records)
    cursor = page.cursor
  } while (cursor !== undefined)
  return records
}

test('a walk meets every record once across pages, holes and reused slots', () => {
  const store = new MemorySessionStore()
  for (let index = 0; index < 10_000; index++) store.set(`${index}`, newRecord({ id: `${index}` }), TTL)
  for (let index = 0; index < 10_000; index++) if (index % 7) store.destroy(`${index}`)
  for (let index = 0; index < 500; index++)
    store.set(`again ${index}`, newRecord({ id: `again ${index}` }), TTL)
  const ids = walk(store, 64).map(({ id }) => id)
  expect(ids.length).toBe(new Set(ids).size)
  expect(ids.length).toBe(store.count())
  expect(ids.length).toBe(Math.ceil(10_000 / 7) + 500)
})

test('a page of a walk passes over a bounded number of slots', () => {
  const store = new MemorySessionStore()
  const record = newRecord()
  for (let index = 0; index < 200_000; index++) store.set(`${index}`, record, TTL)
  for (let index = 0; index < 199_999; index++) store.destroy(`${index}`)
  const page = store.entries({ limit: 10 })
  expect(page.records).toEqual([])
  expect(Number(page.cursor)).toBeLessThan(100_000)
  expect(walk(store, 10).length).toBe(1)
})

test.each(['', 'x', '-1', '1.5', '99999999999'])(
  'entries refuses the cursor %j, which it never gave',
  (cursor) => {
    expect(() => new MemorySessionStore().entries({ cursor })).toThrow(RangeError)
  },
)

test('a record handed in under another id comes back as it was, and is found by its key', () => {
  const store = new MemorySessionStore()
  const record = newRecord({ id: 'the record says this', user: 'u' })
  store.set('the key', record, TTL)
  expect(store.get('the key')).toEqual(record)
  expect(store.get('the record says this')).toBeNull()
  expect(store.destroyByUser('u', { except: 'the record says this' })).toBe(1)
})

test('a ttl that is no number makes no record that never ends [C35]', () => {
  const store = new MemorySessionStore()
  const record = newRecord()
  store.set(record.id, record, { ttl: Number.NaN })
  expect([store.get(record.id), store.size]).toEqual([null, 0])
  store.set(record.id, record, TTL)
  store.replace(record.id, record, { ttl: Number.NaN, revision: 1 })
  expect(store.get(record.id)).toBeNull()
  store.set(record.id, record, TTL)
  store.touch(record.id, { ttl: Number.NaN, touchedAt: 1, expiresAt: 2 })
  expect(store.get(record.id)).toBeNull()
})

test('a table gives the memory of empty pages back, and fills holes first', () => {
  const table = new RecordTable()
  const add = (): number => table.add('key', newRecord(), 1)
  const slots = Array.from({ length: 3 * 1_024 }, add)
  expect(table.top).toBe(3 * 1_024)
  const middle = slots.filter((slot) => slot >= 1_024 && slot < 2_048)
  for (const slot of middle) table.remove(slot)
  table.dropEmptyPages()
  expect(table.top).toBe(3 * 1_024)
  expect(table.findLive(1_024, 2_049, 0)).toBe(2_048)
  expect(table.findExpired(1_024, 2_048, 5)).toBe(-1)
  const refilled = Array.from({ length: 1_024 }, add)
  expect(refilled.toSorted((a, b) => a - b)).toEqual(middle)
  for (const slot of slots) if (slot >= 1_024) table.remove(slot)
  table.dropEmptyPages()
  expect([table.top, table.used]).toEqual([1_024, 1_024])
  expect(add()).toBe(1_024)
})

test('a table uses a freed slot of a full page again', () => {
  const table = new RecordTable()
  const slots = Array.from({ length: 2 * 1_024 }, () => table.add('key', newRecord(), 1))
  const [freed = -1] = slots
  table.remove(freed)
  expect(table.add('key', newRecord(), 1)).toBe(freed)
  expect(table.top).toBe(2 * 1_024)
})

test('a freed row lets go of its texts', () => {
  const page = new RecordPage()
  const row = page.takeRow()
  page.write(row, 'key', newRecord({ user: 'u' }), 1)
  page.freeRow(row)
  expect(Object.values(TEXT).map((text) => page.text(row, text))).toEqual(Array(4).fill(undefined))
})

test('a page gives each of its rows once', () => {
  const page = new RecordPage()
  const rows = Array.from({ length: 1_024 }, () => page.takeRow())
  expect(new Set(rows).size).toBe(1_024)
  page.freeRow(7)
  page.freeRow(500)
  expect([page.takeRow(), page.takeRow()].toSorted()).toEqual([500, 7])
  expect(page.used).toBe(1_024)
})
