import type { SessionRecord } from '../../core/record.ts'

/** How many rows a page holds. */
export const PAGE_ROWS = 1024

/** The deadline of a row that holds no record: earlier than any clock. */
export const FREE: number = Number.NEGATIVE_INFINITY

/** The end of a chain of slots. */
export const NONE = -1

/** The texts of a row. */
export const TEXT = { key: 0, id: 1, data: 2, user: 3 } as const
/** One of {@link TEXT}. */
export type Text = (typeof TEXT)[keyof typeof TEXT]

/** The whole numbers of a row: when it was last used, its key's hash, and its links to other slots. */
export const MARK = {
  used: 0,
  idHash: 1,
  idNext: 2,
  userNext: 3,
  sameUserNext: 4,
  sameUserPrevious: 5,
} as const
/** One of {@link MARK}. */
export type Mark = (typeof MARK)[keyof typeof MARK]

const TEXTS = 4
// A row is five times and six marks: 64 bytes, one line of the processor's cache. Kept column by column, a get
// touched six lines of other records' numbers too, and took twice as long in a server (Node 24).
const ROW_BYTES = 64
const TIMES = ROW_BYTES / Float64Array.BYTES_PER_ELEMENT
const MARKS = ROW_BYTES / Int32Array.BYTES_PER_ELEMENT
const FIRST_MARK = 5 * (MARKS / TIMES)

/**
 * A fixed number of records.
 *
 * Not one object per record, which would be shorter: numbers in typed arrays take 66 bytes a record where fields
 * of an object take 150, and a garbage collection has the strings to look at and nothing else.
 */
export class RecordPage {
  /** How many rows hold a record. */
  used = 0
  /** Of each row: the deadline on the store's clock ({@link FREE} without a record), and the record's own numbers. */
  readonly #times = new Float64Array(PAGE_ROWS * TIMES)
  readonly #marks = new Int32Array(this.#times.buffer)
  readonly #texts = new Array<string | undefined>(PAGE_ROWS * TEXTS).fill(undefined)
  readonly #freeRows = Uint16Array.from({ length: PAGE_ROWS }, (_, index) => PAGE_ROWS - 1 - index)

  constructor() {
    for (let row = 0; row < PAGE_ROWS; row++) this.#times[row * TIMES] = FREE
  }

  /** Takes a free row. Call it only while `used` is below {@link PAGE_ROWS}. */
  takeRow(): number {
    this.used++
    return this.#freeRows[PAGE_ROWS - this.used] ?? NONE
  }

  /** Empties a row. */
  freeRow(row: number): void {
    this.#freeRows[PAGE_ROWS - this.used] = row
    this.used--
    this.#times[row * TIMES] = FREE
    this.#texts.fill(undefined, row * TEXTS, row * TEXTS + TEXTS)
  }

  /** Copies a record into a row. The key is the store's; the record's own id is kept as it came. */
  write(row: number, key: string, record: SessionRecord, deadline: number): void {
    const text = row * TEXTS
    this.#texts[text + TEXT.key] = key
    // One text, when they are the same: 56 bytes less.
    this.#texts[text + TEXT.id] = record.id === key ? key : record.id
    this.#texts[text + TEXT.data] = record.data
    this.#texts[text + TEXT.user] = record.user
    const time = row * TIMES
    this.#times[time] = deadline
    this.#times[time + 1] = record.revision
    this.#times[time + 2] = record.createdAt
    this.#times[time + 3] = record.touchedAt
    this.#times[time + 4] = record.expiresAt
  }

  /** Moves the lifetime of a row's record. */
  touch(row: number, touchedAt: number, expiresAt: number, deadline: number): void {
    const time = row * TIMES
    this.#times[time] = deadline
    this.#times[time + 3] = touchedAt
    this.#times[time + 4] = expiresAt
  }

  /** Gives a fresh copy of a row's record. */
  read(row: number): SessionRecord {
    const text = row * TEXTS
    const time = row * TIMES
    const record: SessionRecord = {
      id: this.#texts[text + TEXT.id] ?? '',
      data: this.#texts[text + TEXT.data] ?? '',
      revision: this.#times[time + 1] ?? 0,
      createdAt: this.#times[time + 2] ?? 0,
      touchedAt: this.#times[time + 3] ?? 0,
      expiresAt: this.#times[time + 4] ?? 0,
    }
    const user = this.#texts[text + TEXT.user]
    if (user !== undefined) record.user = user
    return record
  }

  text(row: number, text: Text): string | undefined {
    return this.#texts[row * TEXTS + text]
  }

  revision(row: number): number {
    return this.#times[row * TIMES + 1] ?? 0
  }

  deadline(row: number): number {
    return this.#times[row * TIMES] ?? FREE
  }

  /** Counts the records that live at `now`. */
  countLive(now: number): number {
    let count = 0
    for (let row = 0; row < PAGE_ROWS; row++) if (this.deadline(row) > now) count++
    return count
  }

  mark(row: number, mark: Mark): number {
    return this.#marks[row * MARKS + FIRST_MARK + mark] ?? NONE
  }

  setMark(row: number, mark: Mark, value: number): void {
    this.#marks[row * MARKS + FIRST_MARK + mark] = value
  }
}
