import { hashOf, newSeed } from './key-hash.ts'
import { type Link, NONE } from './record-page.ts'
import type { RecordTable } from './record-table.ts'

const PAGE_BITS = 12
const PAGE_BUCKETS = 1 << PAGE_BITS
const PAGE_MASK = PAGE_BUCKETS - 1

/**
 * Finds slots by a text that their records hold, with 8 bytes a slot: a link in the table and a bucket here.
 *
 * Not a Map, which takes 28 to 56 bytes an entry, ends at 2^24 of them, and doubles in one step as it grows: 0.1 s at
 * a million, 0.5 s at four, during which no request is served. This grows by linear hashing, a bucket at a time.
 * Buckets are not given back.
 * @see Litwin, "Linear Hashing: A New Tool for File and Table Addressing" (1980)
 */
export class SlotIndex {
  readonly #table: RecordTable
  readonly #link: Link
  readonly #keyOf: (slot: number) => string | undefined
  /** The first slot of each bucket's chain. */
  readonly #pages: Int32Array[] = []
  #buckets = 0
  /** One less than the power of two that the buckets are growing to. */
  #mask = 0
  #count = 0
  // Drawn at the first entry: Workers allow no random numbers while a module loads, where stores are made.
  #seed = 0

  /**
   * @param link - The link that chains the slots of a bucket.
   * @param keyOf - Gives the text that a slot is found by.
   */
  constructor(table: RecordTable, link: Link, keyOf: (slot: number) => string | undefined) {
    this.#table = table
    this.#link = link
    this.#keyOf = keyOf
  }

  /** Gives the slot of this key; {@link NONE} without one. */
  get(key: string): number {
    let slot = this.#first(this.#bucketOf(key))
    while (slot !== NONE && this.#keyOf(slot) !== key) slot = this.#table.link(slot, this.#link)
    return slot
  }

  /** Enters a slot under a key that has none. */
  add(key: string, slot: number): void {
    if (this.#seed === 0) this.#seed = newSeed()
    this.#count++
    if (this.#count > this.#buckets) this.#addBucket()
    this.#prepend(this.#bucketOf(key), slot)
  }

  /** Takes out the slot of a key. */
  remove(key: string, slot: number): void {
    this.#count--
    this.#relink(key, slot, this.#table.link(slot, this.#link))
  }

  /** Enters another slot in the place of a key's slot. */
  replace(key: string, slot: number, by: number): void {
    this.#table.setLink(by, this.#link, this.#table.link(slot, this.#link))
    this.#relink(key, slot, by)
  }

  /** Makes what leads to `slot` lead to `target`. */
  #relink(key: string, slot: number, target: number): void {
    const bucket = this.#bucketOf(key)
    let before = this.#first(bucket)
    if (before === slot) {
      this.#setFirst(bucket, target)
      return
    }
    while (this.#table.link(before, this.#link) !== slot) before = this.#table.link(before, this.#link)
    this.#table.setLink(before, this.#link, target)
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
      const next = this.#table.link(slot, this.#link)
      this.#prepend(this.#bucketOf(this.#keyOf(slot) ?? ''), slot)
      slot = next
    }
  }

  #prepend(bucket: number, slot: number): void {
    this.#table.setLink(slot, this.#link, this.#first(bucket))
    this.#setFirst(bucket, slot)
  }

  #bucketOf(key: string): number {
    const bucket = hashOf(key, this.#seed) & this.#mask
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
