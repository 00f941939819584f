import { type Duration, parseDuration } from '../../core/duration.ts'

/**
 * Says which writes are to carry a batch of deletions with them. Workers and other functions on the edge have no timer that
 * outlives a request, and a request's own end would cut off what nobody waits for.
 *
 * The first write does: a Worker may not live for an interval. So does the next one after a batch that was full.
 */
export class CarriedCleanup {
  readonly #interval: number
  readonly #batchSize: number
  #last = Number.NEGATIVE_INFINITY

  /**
   * @param interval - Time between two batches, or `false` for none.
   * @param batchSize - How many rows a batch removes at most.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the interval is not usable.
   */
  constructor(interval: Duration | false, batchSize: number) {
    this.#interval = interval === false ? 0 : parseDuration(interval, 'cleanupInterval')
    this.#batchSize = batchSize
  }

  /** Whether a write that is made now is to carry one. Who is told so once is taken to do it. */
  isDue(now: number): boolean {
    if (this.#interval === 0 || now - this.#last < this.#interval) return false
    this.#last = now
    return true
  }

  /** Notes how many rows a batch removed. */
  removed(count: number): void {
    if (count >= this.#batchSize) this.#last = Number.NEGATIVE_INFINITY
  }
}
