import type { EndedRecords } from '../../core/store.ts'

// A request that comes before so many others end their sessions, and first uses its own afterwards, is one among millions.
const KEPT = 16_384

/** Knows which records were ended lately, and in what order: some 100 bytes each, of 16,384 at most. */
export class EndedIds implements EndedRecords {
  count = 0
  readonly #places = new Map<string, number>()

  /** Notes that a live record is ended. */
  note(id: string): void {
    this.count++
    this.#places.set(id, this.count)
    if (this.#places.size <= KEPT) return
    for (const oldest of this.#places.keys()) {
      this.#places.delete(oldest)
      return
    }
  }

  isEndedSince(id: string, count: number): boolean {
    const place = this.#places.get(id)
    return place !== undefined && place > count
  }
}
