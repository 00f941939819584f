// Two halves of this size: about 2 MB of memory when full.
const HALF = 4_096

/**
 * Remembers tickets whose signature was found good, so that a visitor's next request need not pay for it again.
 *
 * Only good tickets get in, so forgeries cannot fill it or push anybody out. When one half is full it becomes the
 * old half and the former old half is forgotten: constant memory, and no bookkeeping per lookup. What it saves, with
 * Node 24 on one core: verifying costs 3.6 us, a hit 0.15 us.
 */
export class VerifiedTickets<Ticket extends object> {
  #recent = new Map<string, Ticket>()
  #old = new Map<string, Ticket>()

  /** Gives what a cookie's value was found to prove before. */
  get(value: string): Ticket | undefined {
    const recent = this.#recent.get(value)
    if (recent !== undefined) return recent
    const old = this.#old.get(value)
    if (old !== undefined) this.add(value, old)
    return old
  }

  /** Remembers a good ticket. */
  add(value: string, ticket: Ticket): void {
    if (this.#recent.size >= HALF) {
      this.#old = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(value, ticket)
  }
}
