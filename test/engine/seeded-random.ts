/** Draws what looks random and is the same for the same seed (the generator mulberry32). */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** Draws a number from 0 up to 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** Draws a whole number from 0 up to `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }

  /** Draws whether something happens that happens so often. */
  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  /** Draws one of a list. */
  pick<T>(list: readonly T[]): T {
    return this.pickWeighted(list.map((one) => ({ one, weight: 1 }))).one
  }

  /** Draws one of a list in which each has a weight. */
  pickWeighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let left = this.fraction() * list.reduce((sum, { weight }) => sum + weight, 0)
    for (const one of list) {
      left -= one.weight
      if (left < 0) return one
    }
    throw new RangeError('There is nothing to draw from.')
  }
}
