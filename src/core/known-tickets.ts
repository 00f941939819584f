import type { VerifiedTicket } from './verified-ticket.ts'

// Two halves of this size are kept at most.
const HALF = 8_192
// Of a signature's 43 characters so many tell tickets apart: nobody without the secret can choose them.
const CHARACTERS_MARKED = 8
// 2^32 divided by the golden ratio: odd, and its bits look random.
const FACTOR = 0x9e3779b1

/**
 * Remembers tickets that are known to be good, as many as were added or asked for most recently: up to 16,384.
 *
 * When one half is full it becomes the old half, and the former old half is forgotten: constant memory, and no
 * bookkeeping per look-up. Found by a number made of a part of the signature, not by the whole text, which is new with
 * each request, so that a `Map` would hash all its 87 characters each time: 0.2 us of the 1.9 that reading a session
 * takes in a loop (Node 24). Of two tickets with one number the newer is known, which befalls one of 65,000 among so many.
 */
export class KnownTickets {
  #recent = new Map<number, VerifiedTicket>()
  #old = new Map<number, VerifiedTicket>()

  /** Gives the ticket that came as this value; `undefined` when there is none, or it was forgotten. */
  get(value: string): VerifiedTicket | undefined {
    const mark = markOf(value)
    const recent = this.#recent.get(mark)
    if (recent?.value === value) return recent
    const old = this.#old.get(mark)
    if (old?.value !== value) return undefined
    this.#put(mark, old)
    return old
  }

  /** Remembers a ticket. Its value must be a text of its own: a part of a longer one would keep that in memory. */
  add(ticket: VerifiedTicket): void {
    this.#put(markOf(ticket.value), ticket)
  }

  #put(mark: number, ticket: VerifiedTicket): void {
    if (this.#recent.size >= HALF) {
      this.#old = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(mark, ticket)
  }
}

/** Makes 30 bits of the signature's end, without its last character, which carries four bits. */
function markOf(value: string): number {
  let mark = 0
  for (let at = value.length - CHARACTERS_MARKED - 1; at < value.length - 1; at++) {
    mark = Math.imul(mark ^ value.charCodeAt(at), FACTOR)
  }
  return mark >>> 2
}
