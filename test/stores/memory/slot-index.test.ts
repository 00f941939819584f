import { expect, test } from 'vitest'
import { sessionIdOf } from '../../../src/core/ticket.ts'
import { hashOf, newSeed } from '../../../src/stores/memory/key-hash.ts'
import { MARK, type Mark, NONE, TEXT } from '../../../src/stores/memory/record-page.ts'
import { RecordTable } from '../../../src/stores/memory/record-table.ts'
import { SlotIndex } from '../../../src/stores/memory/slot-index.ts'
import { newId, newRecord } from '../../../src/testing/sample-records.ts'

const COUNT = 20_000
const ALL = Number.POSITIVE_INFINITY
const SEEDS = [1, -1, 0x12345679, -0x12345679]

/** Thrown at random, 20,000 keys leave the fullest of 16,384 buckets with 7 to 10. */
function fullestBucket(keys: readonly string[], hash: (key: string) => number): number {
  const buckets = new Map<number, number>()
  for (const key of keys) {
    const bucket = hash(key) & 0x3fff
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
  }
  return Math.max(...buckets.values())
}

function makeIndex(hash: Mark | null): {
  index: SlotIndex
  add: (key: string) => number
  remove: (key: string) => void
} {
  const table = new RecordTable()
  const index = new SlotIndex(table, TEXT.key, MARK.idNext, ALL, hash)
  const record = newRecord()
  return {
    index,
    add: (key) => {
      const slot = table.add(key, record, 1)
      index.add(key, slot)
      return slot
    },
    remove: (key) => {
      const slot = index.get(key)
      index.remove(slot)
      table.remove(slot)
    },
  }
}

test.each([
  ['that keeps the hashes', MARK.idHash],
  ['that keeps no hashes', null],
])('an index %s finds every key as it grows and shrinks, and no other', (_, hash) => {
  const { index, add, remove } = makeIndex(hash)
  const slots = new Map<string, number>()
  for (let number = 0; number < COUNT; number++) slots.set(`${number}`, add(`${number}`))
  expect([...slots].filter(([key, slot]) => index.get(key) !== slot)).toEqual([])
  for (let number = 0; number < COUNT; number++) if (number % 3) remove(`${number}`)
  const wrong = [...slots].filter(([key, slot]) => index.get(key) !== (Number(key) % 3 ? NONE : slot))
  expect(wrong).toEqual([])
  for (let number = 0; number < COUNT; number++) if (number % 3) slots.set(`${number}`, add(`${number}`))
  expect([...slots].filter(([key, slot]) => index.get(key) !== slot)).toEqual([])
})

test('an index that is empty, or was, finds nothing', () => {
  const { index, add, remove } = makeIndex(MARK.idHash)
  expect(index.get('a')).toBe(NONE)
  add('a')
  remove('a')
  expect(index.get('a')).toBe(NONE)
})

test.each(['', 'a', 'ab', 'abc', '\u{1F9E5}', '\0', 'x'.repeat(1_000)])(
  'an index holds the key %j',
  (key) => {
    const { index, add } = makeIndex(MARK.idHash)
    const slot = add(key)
    add(`${key}!`)
    expect(index.get(key)).toBe(slot)
  },
)

test.each<[string, (index: number) => string]>([
  ['session ids', newId],
  ['numbers', (number) => `${number}`],
  ['numbered users', (number) => `user-${number}`],
  ['mail addresses', (number) => `${number}@example.com`],
  ['texts that differ in the middle', (number) => `sess:${'x'.repeat(40)}${number}${'y'.repeat(40)}`],
  ['single characters', (number) => String.fromCharCode(number)],
])('%s spread evenly over the buckets, whatever the seed', (_, keyOf) => {
  const keys = Array.from({ length: COUNT }, (_unused, number) => keyOf(number))
  for (const seed of SEEDS)
    expect(
      fullestBucket(keys, (key) => hashOf(key, seed, ALL)),
      `seed ${seed}`,
    ).toBeLessThan(16)
})

test('session ids spread evenly by their ends alone, whatever the seed', () => {
  const ids = Array.from({ length: COUNT }, (_unused, number) => sessionIdOf(`${number}`))
  for (const seed of SEEDS)
    expect(
      fullestBucket(ids, (id) => hashOf(id, seed, 8)),
      `seed ${seed}`,
    ).toBeLessThan(16)
})

test('a text shorter than what is to be hashed of it is hashed whole', () => {
  const ids = ['', 'a', 'b', 'ab', 'ba', '0123456789abcde']
  expect(new Set(ids.map((id) => hashOf(id, 1, 16))).size).toBe(ids.length)
})

test.each([15, 14, 13, 12])(
  'names that differ in bit %i of a character share no bucket for what follows it [A26]',
  (bit) => {
    // What this difference becomes by all of the mixing that is no secret: whoever knows it writes it into the next pair.
    const product = Math.imul(1 << (16 + bit), 0x9e3779b1)
    const pairs = [1 << (16 + bit), product ^ (product >>> 15)]
    const differing = pairs
      .map((by) => String.fromCharCode(0x61 ^ (by & 0xffff), 0x61 ^ (by >>> 16)))
      .join('')
    const keys = Array.from({ length: 1 << 14 }, (_, number) =>
      Array.from({ length: 14 }, (_unused, at) => ((number >> at) & 1 ? differing : 'aaaa')).join(''),
    )
    for (const seed of [0x12345679, -0x12345679, 0x5bd1e995, -0x7a143589, 0x27d4eb2f]) {
      expect(
        fullestBucket(keys, (key) => hashOf(key, seed, ALL)),
        `seed ${seed}`,
      ).toBeLessThan(16)
    }
  },
)

test('a seed is odd, and another one each time', () => {
  const seeds = Array.from({ length: 100 }, newSeed)
  expect(seeds.filter((seed) => seed % 2 === 0)).toEqual([])
  expect(new Set(seeds).size).toBeGreaterThan(98)
})

test('keys that share a bucket under one seed do not under another', () => {
  const byBucket = Map.groupBy(
    Array.from({ length: COUNT }, (_, number) => `user-${number}`),
    (key) => hashOf(key, 1, ALL) & 0xff,
  )
  const [shared = []] = byBucket.values()
  expect(shared.length).toBeGreaterThan(40)
  expect(new Set(shared.map((key) => hashOf(key, 3, ALL) & 0xff)).size).toBeGreaterThan(30)
})
