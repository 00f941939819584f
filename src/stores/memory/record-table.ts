import type { SessionRecord } from '../../core/record.ts'
import { FREE, type Mark, NONE, PAGE_ROWS, RecordPage, TEXT, type Text } from './record-page.ts'

const ROW_BITS = Math.log2(PAGE_ROWS)
const ROW_MASK = PAGE_ROWS - 1

/**
 * Holds records in numbered slots. A record keeps its slot for life, so slots can be walked while the table is
 * written to, and it grows and shrinks by pages, so that no growth copies what is there.
 */
export class RecordTable {
  /** How many slots hold a record, live or expired. */
  used = 0
  /** One more than the highest slot that may hold a record. */
  top = 0
  #pages: (RecordPage | undefined)[] = []
  /** The numbers of the pages with a free row. */
  #roomy: number[] = []

  /** Puts a record into a free slot. */
  add(key: string, record: SessionRecord, deadline: number): number {
    const number = this.#roomy.at(-1) ?? this.#addPage()
    const page = this.#page(number * PAGE_ROWS)
    const row = page.takeRow()
    if (page.used === PAGE_ROWS) this.#roomy.pop()
    page.write(row, key, record, deadline)
    this.used++
    const slot = number * PAGE_ROWS + row
    this.top = Math.max(this.top, slot + 1)
    return slot
  }

  /** Empties a slot. */
  remove(slot: number): void {
    const page = this.#page(slot)
    if (page.used === PAGE_ROWS) this.#roomy.push(slot >> ROW_BITS)
    page.freeRow(slot & ROW_MASK)
    this.used--
  }

  /** Writes over the record of a slot. */
  write(slot: number, key: string, record: SessionRecord, deadline: number): void {
    this.#page(slot).write(slot & ROW_MASK, key, record, deadline)
  }

  /** Moves the lifetime of a slot's record. */
  touch(slot: number, touchedAt: number, expiresAt: number, deadline: number): void {
    this.#page(slot).touch(slot & ROW_MASK, touchedAt, expiresAt, deadline)
  }

  /** Gives a fresh copy of a slot's record. */
  read(slot: number): SessionRecord {
    return this.#page(slot).read(slot & ROW_MASK)
  }

  key(slot: number): string {
    return this.text(slot, TEXT.key) ?? ''
  }

  text(slot: number, text: Text): string | undefined {
    return this.#page(slot).text(slot & ROW_MASK, text)
  }

  revision(slot: number): number {
    return this.#page(slot).revision(slot & ROW_MASK)
  }

  /** Gives when a slot's record ends; {@link FREE} for a slot without one. */
  deadline(slot: number): number {
    return this.#pages[slot >> ROW_BITS]?.deadline(slot & ROW_MASK) ?? FREE
  }

  mark(slot: number, mark: Mark): number {
    return this.#page(slot).mark(slot & ROW_MASK, mark)
  }

  setMark(slot: number, mark: Mark, value: number): void {
    this.#page(slot).setMark(slot & ROW_MASK, mark, value)
  }

  /** Gives the first slot of `from` to `end` (not included) whose record lives at `now`; {@link NONE} without one. */
  findLive(from: number, end: number, now: number): number {
    return this.#find(from, end, (deadline) => deadline > now)
  }

  /** Gives the first slot of `from` to `end` (not included) whose record has expired at `now`; {@link NONE} without one. */
  findExpired(from: number, end: number, now: number): number {
    return this.#find(from, end, (deadline) => deadline <= now && deadline !== FREE)
  }

  /** Counts the records that live at `now`. */
  countLive(now: number): number {
    return this.#pages.reduce((count, page) => count + (page?.countLive(now) ?? 0), 0)
  }

  /** Gives the memory of empty pages back. */
  dropEmptyPages(): void {
    this.#pages = this.#pages.map((page) => (page?.used === 0 ? undefined : page))
    while (this.#pages.length > 0 && this.#pages.at(-1) === undefined) this.#pages.pop()
    this.top = Math.min(this.top, this.#pages.length * PAGE_ROWS)
    this.#roomy = [...this.#pages.keys()].filter(
      (number) => (this.#pages[number]?.used ?? PAGE_ROWS) < PAGE_ROWS,
    )
  }

  #find(from: number, end: number, matches: (deadline: number) => boolean): number {
    for (let slot = from; slot < end; slot++) {
      const page = this.#pages[slot >> ROW_BITS]
      if (page === undefined) slot |= ROW_MASK
      else if (matches(page.deadline(slot & ROW_MASK))) return slot
    }
    return NONE
  }

  #addPage(): number {
    const hole = this.#pages.indexOf(undefined)
    const number = hole === -1 ? this.#pages.length : hole
    this.#pages[number] = new RecordPage()
    this.#roomy.push(number)
    return number
  }

  #page(slot: number): RecordPage {
    const page = this.#pages[slot >> ROW_BITS]
    if (page === undefined)
      throw new Error(`The memory store has no page for slot ${slot}: a fault in the store itself.`)
    return page
  }
}
