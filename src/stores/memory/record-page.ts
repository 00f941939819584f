import type { SessionRecord } from '../../core/record.ts'

/** How many rows a page holds. */
export const PAGE_ROWS = 1024

/** The deadline of a row that holds no record: earlier than any clock. */
export const FREE: number = Number.NEGATIVE_INFINITY

/** The end of a chain of slots. */
export const NONE = -1

/** The links of a row to other slots: its places in the order of use, in its user's list, and in two indexes. */
export const LINK = { newer: 0, older: 1, userNext: 2, userPrevious: 3, idBucket: 4, userBucket: 5 } as const
/** One of {@link LINK}. */
export type Link = (typeof LINK)[keyof typeof LINK]

const LINKS = 6
const TIMES = 4
const TEXTS = 4

/**
 * A fixed number of records, kept column by column.
 *
 * Not one object per record, which would be shorter: numbers in typed arrays take 66 bytes a record where fields
 * of an object take 150, and a garbage collection has the strings to look at and nothing else.
 */
export class RecordPage {
  /** How many rows hold a record. */
  used = 0
  /** When each row's record ends, on the store's clock; {@link FREE} in a row without one. */
  readonly #deadlines = new Float64Array(PAGE_ROWS).fill(FREE)
  readonly #times = new Float64Array(PAGE_ROWS * TIMES)
  readonly #links = new Int32Array(PAGE_ROWS * LINKS)
  readonly #texts = new Array<string | undefined>(PAGE_ROWS * TEXTS).fill(undefined)
  readonly #freeRows = Uint16Array.from({ length: PAGE_ROWS }, (_, index) => PAGE_ROWS - 1 - index)

  /** Takes a free row. Call it only while `used` is below {@link PAGE_ROWS}. */
  takeRow(): number {
    this.used++
    return this.#freeRows[PAGE_ROWS - this.used] ?? NONE
  }

  /** Empties a row. */
  freeRow(row: number): void {
    this.#freeRows[PAGE_ROWS - this.used] = row
    this.used--
    this.#deadlines[row] = FREE
    this.#texts.fill(undefined, row * TEXTS, row * TEXTS + TEXTS)
  }

  /** Copies a record into a row. The key is the store's; the record's own id is kept as it came. */
  write(row: number, key: string, record: SessionRecord, deadline: number): void {
    const text = row * TEXTS
    this.#texts[text] = key
    this.#texts[text + 1] = record.id
    this.#texts[text + 2] = record.data
    this.#texts[text + 3] = record.user
    const time = row * TIMES
    this.#times[time] = record.revision
    this.#times[time + 1] = record.createdAt
    this.#times[time + 2] = record.touchedAt
    this.#times[time + 3] = record.expiresAt
    this.#deadlines[row] = deadline
  }

  /** Moves the lifetime of a row's record. */
  touch(row: number, touchedAt: number, expiresAt: number, deadline: number): void {
    const time = row * TIMES
    this.#times[time + 2] = touchedAt
    this.#times[time + 3] = expiresAt
    this.#deadlines[row] = deadline
  }

  /** Gives a fresh copy of a row's record. */
  read(row: number): SessionRecord {
    const text = row * TEXTS
    const time = row * TIMES
    const record: SessionRecord = {
      id: this.#texts[text + 1] ?? '',
      data: this.#texts[text + 2] ?? '',
      revision: this.#times[time] ?? 0,
      createdAt: this.#times[time + 1] ?? 0,
      touchedAt: this.#times[time + 2] ?? 0,
      expiresAt: this.#times[time + 3] ?? 0,
    }
    const user = this.#texts[text + 3]
    if (user !== undefined) record.user = user
    return record
  }

  key(row: number): string {
    return this.#texts[row * TEXTS] ?? ''
  }

  user(row: number): string | undefined {
    return this.#texts[row * TEXTS + 3]
  }

  revision(row: number): number {
    return this.#times[row * TIMES] ?? 0
  }

  deadline(row: number): number {
    return this.#deadlines[row] ?? FREE
  }

  /** Counts the records that live at `now`. */
  countLive(now: number): number {
    let count = 0
    for (const deadline of this.#deadlines) if (deadline > now) count++
    return count
  }

  link(row: number, link: Link): number {
    return this.#links[row * LINKS + link] ?? NONE
  }

  setLink(row: number, link: Link, slot: number): void {
    this.#links[row * LINKS + link] = slot
  }
}
