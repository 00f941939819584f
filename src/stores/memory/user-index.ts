import { MARK, NONE, TEXT } from './record-page.ts'
import type { RecordTable } from './record-table.ts'
import { SlotIndex } from './slot-index.ts'

/**
 * Knows each user's slots: an index leads to the first of them, the table's links to the others.
 *
 * Not a Map of Sets, which costs some 200 bytes for the one session that most users have.
 */
export class UserIndex {
  readonly #table: RecordTable
  readonly #first: SlotIndex

  constructor(table: RecordTable) {
    this.#table = table
    this.#first = new SlotIndex(table, TEXT.user, MARK.userNext, Number.POSITIVE_INFINITY, null)
  }

  /** Takes a slot in, if its record has a user. */
  add(user: string | undefined, slot: number): void {
    if (user === undefined) return
    const first = this.#first.get(user)
    if (first === NONE) this.#first.add(user, slot)
    // Second, not first: the index then stays as it is.
    const next = first === NONE ? NONE : this.#table.mark(first, MARK.sameUserNext)
    this.#table.setMark(slot, MARK.sameUserPrevious, NONE)
    this.#join(first, slot)
    this.#join(slot, next)
  }

  /** Takes a slot out that was taken in under this user. */
  remove(user: string | undefined, slot: number): void {
    if (user === undefined) return
    const next = this.#table.mark(slot, MARK.sameUserNext)
    const previous = this.#table.mark(slot, MARK.sameUserPrevious)
    this.#join(previous, next)
    if (previous !== NONE) return
    if (next === NONE) this.#first.remove(slot)
    else this.#first.replace(slot, next)
  }

  /** Gives all slots of a user, also those whose record has expired. */
  slots(user: string): number[] {
    const slots: number[] = []
    let slot = this.#first.get(user)
    while (slot !== NONE) {
      slots.push(slot)
      slot = this.#table.mark(slot, MARK.sameUserNext)
    }
    return slots
  }

  #join(previous: number, next: number): void {
    if (previous !== NONE) this.#table.setMark(previous, MARK.sameUserNext, next)
    if (next !== NONE) this.#table.setMark(next, MARK.sameUserPrevious, previous)
  }
}
