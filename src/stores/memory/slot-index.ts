import { hashOf, newSeed } from './key-hash.ts'
import { type Mark, NONE, type Text } from './record-page.ts'
import type { RecordTable } from './record-table.ts'

const PAGE_BITS = 12
const PAGE_BUCKETS = 1 << PAGE_BITS
const PAGE_MASK = PAGE_BUCKETS - 1

/**
 * Finds slots by a text that their records hold, with 8 bytes a slot: a mark in the table and a bucket here.
 *
 * Not a Map, which takes 28 to 56 bytes an entry, ends at 2^24 of them, and doubles in one step as it grows: 0.1 s at
 * a million, 0.5 s at four, during which no request is served. This grows by linear hashing, a bucket at a time.
 * Buckets are not given back.
 * @see Litwin, "Linear Hashing: A New Tool for File and Table Addressing" (1980)
 */
export class SlotIndex {
  readonly #table: RecordTable
  readonly #text: Text
  readonly #next: Mark
  readonly #hashed: number
  readonly #hash: Mark | null
  /** The first slot of each bucket's chain. */
  readonly #pages: Int32Array[] = []
  #buckets = 0
  /** One less than the power of two that the buckets are growing to. */
  #mask = 0
  #count = 0
  // Drawn at the first entry: Workers allow no random numbers while a module loads, where stores are made.
  #seed = 0

  /**
   * @param text - The text that a slot is found by.
   * @param next - The mark that chains the slots of a bucket.
   * @param hashed - How many characters at the text's end are hashed; `Infinity` for all.
   * @param hash - The mark that keeps the text's hash, so that it need not be hashed again; `null` for none.
   */
  constructor(table: RecordTable, text: Text, next: Mark, hashed: number, hash: Mark | null) {
    this.#table = table
    this.#text = text
    this.#next = next
    this.#hashed = hashed
    this.#hash = hash
  }

  /** Gives the slot of this key; {@link NONE} without one. */
  get(key: string): number {
    const hash = hashOf(key, this.#seed, this.#hashed)
    let slot = this.#first(this.#bucketOf(hash))
    while (slot !== NONE && !this.#is(slot, key, hash)) slot = this.#table.mark(slot, this.#next)
    return slot
  }

  /** Enters a slot under a key that has none. */
  add(key: string, slot: number): void {
    if (this.#seed === 0) this.#seed = newSeed()
    const hash = hashOf(key, this.#seed, this.#hashed)
    if (this.#hash !== null) this.#table.setMark(slot, this.#hash, hash)
    this.#count++
    if (this.#count > this.#buckets) this.#addBucket()
    this.#prepend(this.#bucketOf(hash), slot)
  }

  /** Takes a slot out. */
  remove(slot: number): void {
    this.#count--
    this.#relink(slot, this.#table.mark(slot, this.#next))
  }

  /** Enters another slot in the place of one with the same key. */
  replace(slot: number, by: number): void {
    this.#table.setMark(by, this.#next, this.#table.mark(slot, this.#next))
    this.#relink(slot, by)
  }

  /** Makes what leads to `slot` lead to `target`. */
  #relink(slot: number, target: number): void {
    const bucket = this.#bucketOf(this.#hashOf(slot))
    let before = this.#first(bucket)
    if (before === slot) {
      this.#setFirst(bucket, target)
      return
    }
    while (this.#table.mark(before, this.#next) !== slot) before = this.#table.mark(before, this.#next)
    this.#table.setMark(before, this.#next, target)
  }

  /** Adds a bucket, and moves there what belongs there from the one bucket that held it so far. */
  #addBucket(): void {
    const added = this.#buckets
    if (added > this.#mask) this.#mask = this.#mask * 2 + 1
    if (added >> PAGE_BITS === this.#pages.length) this.#pages.push(new Int32Array(PAGE_BUCKETS).fill(NONE))
    this.#buckets++
    const split = added & (this.#mask >>> 1)
    let slot = this.#first(split)
    this.#setFirst(split, NONE)
    while (slot !== NONE) {
      const next = this.#table.mark(slot, this.#next)
      this.#prepend(this.#bucketOf(this.#hashOf(slot)), slot)
      slot = next
    }
  }

  #prepend(bucket: number, slot: number): void {
    this.#table.setMark(slot, this.#next, this.#first(bucket))
    this.#setFirst(bucket, slot)
  }

  #is(slot: number, key: string, hash: number): boolean {
    if (this.#hash !== null && this.#table.mark(slot, this.#hash) !== hash) return false
    return this.#table.text(slot, this.#text) === key
  }

  #hashOf(slot: number): number {
    if (this.#hash !== null) return this.#table.mark(slot, this.#hash)
    return hashOf(this.#table.text(slot, this.#text) ?? '', this.#seed, this.#hashed)
  }

  #bucketOf(hash: number): number {
    const bucket = hash & this.#mask
    return bucket < this.#buckets ? bucket : bucket & (this.#mask >>> 1)
  }

  #first(bucket: number): number {
    return this.#pages[bucket >> PAGE_BITS]?.[bucket & PAGE_MASK] ?? NONE
  }

  #setFirst(bucket: number, slot: number): void {
    const page = this.#pages[bucket >> PAGE_BITS]
    if (page !== undefined) page[bucket & PAGE_MASK] = slot
  }
}
