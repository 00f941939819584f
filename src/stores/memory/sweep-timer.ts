import { LONGEST_TIMER_MS } from '../../core/duration.ts'
import { beyondRequests } from '../beyond-requests.ts'

/** How far a sweep has come: there is more to do now, it is over, or it is over and nothing is left to watch. */
export type SweepProgress = 'more' | 'over' | 'empty'

// A slice that is later than this is not one that a busy process has kept waiting.
const LOST_AFTER_MS = 1_000

/**
 * Runs a sweep from time to time, in slices with the event loop's other work between them.
 *
 * It holds no timer before the first `wake()` and after a sweep that left the store empty, and its timers keep
 * no process alive. On Workers they end with the request that made them: then it is `wake()` that runs the slices.
 */
export class SweepTimer {
  readonly #interval: number
  readonly #now: () => number
  readonly #sweepSlice: () => SweepProgress
  /** When the timer is lost, should it still be there. */
  #lostAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  /**
   * @param interval - Milliseconds from the end of one sweep to the next.
   * @param now - Gives the clock that `wake` is called by.
   * @param sweepSlice - Does a bounded part of a sweep.
   */
  constructor(interval: number, now: () => number, sweepSlice: () => SweepProgress) {
    this.#interval = Math.min(interval, LONGEST_TIMER_MS)
    this.#now = now
    this.#sweepSlice = sweepSlice
  }

  /**
   * Sees to it that a sweep will come.
   * @param now - The time, which the caller has read already.
   */
  wake(now: number): void {
    if (this.#timer === undefined) {
      if (!this.#stopped) this.#schedule(this.#interval, now)
    } else if (now > this.#lostAt) {
      clearTimeout(this.#timer)
      // Not another timer: the request that this is may be over before it comes.
      this.#run()
    }
  }

  /** Lets no slice run any more. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #schedule(delay: number, now: number): void {
    this.#lostAt = now + delay + LOST_AFTER_MS
    this.#timer = beyondRequests(() => setTimeout(() => this.#run(), delay))
    // Asked for by ability: in Workers and browsers a timer is a number.
    const timer: unknown = this.#timer
    if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
      timer.unref()
  }

  #run(): void {
    this.#timer = undefined
    const progress = this.#sweepSlice()
    if (progress !== 'empty') this.#schedule(progress === 'more' ? 0 : this.#interval, this.#now())
  }
}
