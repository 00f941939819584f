import { LINK, NONE } from './record-page.ts'
import type { RecordTable } from './record-table.ts'

/** Keeps the slots of a table in the order of their last use, in the table's own links: no object per record. */
export class RecencyList {
  readonly #table: RecordTable
  #newest = NONE
  #oldest = NONE

  constructor(table: RecordTable) {
    this.#table = table
  }

  /** The slot that has not been used for longest; {@link NONE} of an empty table. */
  get oldest(): number {
    return this.#oldest
  }

  /** Takes a new slot in, as just used. */
  add(slot: number): void {
    this.#table.setLink(slot, LINK.newer, NONE)
    this.#table.setLink(slot, LINK.older, this.#newest)
    if (this.#newest === NONE) this.#oldest = slot
    else this.#table.setLink(this.#newest, LINK.newer, slot)
    this.#newest = slot
  }

  /** Marks a slot as just used. */
  use(slot: number): void {
    if (slot === this.#newest) return
    this.remove(slot)
    this.add(slot)
  }

  /** Takes a slot out. */
  remove(slot: number): void {
    const newer = this.#table.link(slot, LINK.newer)
    const older = this.#table.link(slot, LINK.older)
    if (newer === NONE) this.#newest = older
    else this.#table.setLink(newer, LINK.older, older)
    if (older === NONE) this.#oldest = newer
    else this.#table.setLink(older, LINK.newer, newer)
  }
}
