import { LINK, NONE } from './record-page.ts'
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
    this.#first = new SlotIndex(table, LINK.userBucket, (slot) => table.user(slot))
  }

  /** Takes a slot in, if its record has a user. */
  add(user: string | undefined, slot: number): void {
    if (user === undefined) return
    const first = this.#first.get(user)
    if (first === NONE) this.#first.add(user, slot)
    // Second, not first: the index then stays as it is.
    const next = first === NONE ? NONE : this.#table.link(first, LINK.userNext)
    this.#table.setLink(slot, LINK.userPrevious, NONE)
    this.#join(first, slot)
    this.#join(slot, next)
  }

  /** Takes a slot out that was taken in under this user. */
  remove(user: string | undefined, slot: number): void {
    if (user === undefined) return
    const next = this.#table.link(slot, LINK.userNext)
    const previous = this.#table.link(slot, LINK.userPrevious)
    this.#join(previous, next)
    if (previous !== NONE) return
    if (next === NONE) this.#first.remove(user, slot)
    else this.#first.replace(user, slot, next)
  }

  /** Gives all slots of a user, also those whose record has expired. */
  slots(user: string): number[] {
    const slots: number[] = []
    let slot = this.#first.get(user)
    while (slot !== NONE) {
      slots.push(slot)
      slot = this.#table.link(slot, LINK.userNext)
    }
    return slots
  }

  #join(previous: number, next: number): void {
    if (previous !== NONE) this.#table.setLink(previous, LINK.userNext, next)
    if (next !== NONE) this.#table.setLink(next, LINK.userPrevious, previous)
  }
}
