/** How far a sweep has come: there is more to do now, it is over, or it is over and nothing is left to watch. */
export type SweepProgress = 'more' | 'over' | 'empty'

// setTimeout takes a longer delay for 1 ms.
const MAX_DELAY_MS = 2 ** 31 - 1

/**
 * Runs a sweep from time to time, in slices with the event loop's other work between them.
 *
 * It holds no timer before the first `wake()` and after a sweep that left the store empty, and its timers keep
 * no process alive.
 */
export class SweepTimer {
  readonly #interval: number
  readonly #sweepSlice: () => SweepProgress
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  /**
   * @param interval - Milliseconds from the end of one sweep to the next.
   * @param sweepSlice - Does a bounded part of a sweep.
   */
  constructor(interval: number, sweepSlice: () => SweepProgress) {
    this.#interval = Math.min(interval, MAX_DELAY_MS)
    this.#sweepSlice = sweepSlice
  }

  /** Sees to it that a sweep will come. */
  wake(): void {
    if (this.#timer === undefined && !this.#stopped) this.#schedule(this.#interval)
  }

  /** Lets no slice run any more. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #schedule(delay: number): void {
    this.#timer = setTimeout(() => this.#run(), delay)
    // Asked for by ability: in Workers and browsers a timer is a number.
    const timer: unknown = this.#timer
    if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
      timer.unref()
  }

  #run(): void {
    this.#timer = undefined
    const progress = this.#sweepSlice()
    if (progress !== 'empty') this.#schedule(progress === 'more' ? 0 : this.#interval)
  }
}
