import type { VerifiedTicket } from './ticket.ts'

// A power of two. All in all there is a place for 8,192 tickets.
const SETS = 1_024
const PLACES_OF_A_SET = 8
// Of a signature's 43 characters so many tell tickets apart: 48 bits that nobody without the secret can choose.
const CHARACTERS_MARKED = 8
const FACTOR = 0x9e3779b1

/**
 * Remembers tickets that are known to be good by the cookie's value: up to 8,192, in constant memory.
 *
 * A ticket has eight places it may stand in, found by its signature; the newest pushes out what has stood there for longest.
 * Not a `Map`, which hashes all 87 characters of a text that is new with each request, and looks at one more line of
 * memory: that was a fifth of what reading a session costs (Node 24).
 */
export class KnownTickets {
  readonly #marks = new Int32Array(SETS * PLACES_OF_A_SET)
  readonly #values = new Array<string>(SETS * PLACES_OF_A_SET).fill('')
  readonly #tickets = new Array<VerifiedTicket | undefined>(SETS * PLACES_OF_A_SET).fill(undefined)

  /** Gives the ticket that a cookie's value is; `undefined` when it is not known, or forgotten. */
  get(value: string): VerifiedTicket | undefined {
    const mark = markOf(value)
    const first = firstPlace(mark)
    for (let place = first; place < first + PLACES_OF_A_SET; place++) {
      if (this.#marks[place] === mark && this.#values[place] === value) return this.#tickets[place]
    }
    return undefined
  }

  /** Remembers a ticket. The value must be a text of its own: a part of a longer one would keep that in memory. */
  add(value: string, ticket: VerifiedTicket): void {
    const mark = markOf(value)
    const first = firstPlace(mark)
    for (let place = first + PLACES_OF_A_SET - 1; place > first; place--) this.#put(place, place - 1)
    this.#marks[first] = mark
    this.#values[first] = value
    this.#tickets[first] = ticket
  }

  /** Puts in a place what is in another one. */
  #put(place: number, from: number): void {
    this.#marks[place] = this.#marks[from] ?? 0
    this.#values[place] = this.#values[from] ?? ''
    this.#tickets[place] = this.#tickets[from]
  }
}

function markOf(value: string): number {
  let mark = 0
  // Without the last one, which carries four bits.
  for (let at = value.length - CHARACTERS_MARKED - 1; at < value.length - 1; at++) {
    mark = Math.imul(mark ^ value.charCodeAt(at), FACTOR)
  }
  return mark ^ (mark >>> 15)
}

function firstPlace(mark: number): number {
  return (mark & (SETS - 1)) * PLACES_OF_A_SET
}
