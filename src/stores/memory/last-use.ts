import { FREE, MARK, NONE } from './record-page.ts'
import type { RecordTable } from './record-table.ts'

// Up to so many slots all are looked at; of more, so many are drawn.
const SLOTS_LOOKED_AT = 32

/**
 * Knows when each slot of a table was last used, as a count of uses in the slot itself.
 *
 * Not a list in the order of use, which is exact: each use then writes into the rows of four other records, which
 * was a third of what a get took in a server (Node 24). Of 32 slots drawn at random, the one unused for longest is among
 * the tenth of all that have been unused for longest in 29 of 30 cases.
 */
export class LastUse {
  readonly #table: RecordTable
  #uses = 0

  constructor(table: RecordTable) {
    this.#table = table
  }

  /** Notes that a slot is used. */
  note(slot: number): void {
    // Goes round after 2^32 uses.
    this.#uses = (this.#uses + 1) | 0
    this.#table.setMark(slot, MARK.used, this.#uses)
  }

  /** Gives a slot that has gone unused for long: the longest of all in a small table. The table must not be empty. */
  longestUnused(): number {
    const { top } = this.#table
    let found = NONE
    let longest = -1
    for (let look = 0; look < SLOTS_LOOKED_AT || found === NONE; look++) {
      const slot = top <= SLOTS_LOOKED_AT ? look % top : Math.floor(Math.random() * top)
      if (this.#table.deadline(slot) === FREE) continue
      const unused = (this.#uses - this.#table.mark(slot, MARK.used)) >>> 0
      if (unused <= longest) continue
      found = slot
      longest = unused
    }
    return found
  }
}
