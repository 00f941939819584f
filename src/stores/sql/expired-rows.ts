import type { Awaitable } from '../../core/awaitable.ts'
import { type Duration, LONGEST_TIMER_MS, parseDuration } from '../../core/duration.ts'
import { isError } from '../../core/is-error.ts'
import { warn } from '../../core/warning.ts'
import { beyondRequests } from '../beyond-requests.ts'

// Between two batches, so that requests come first: a backlog of a million rows goes in minutes, not in one rush.
const PAUSE_MS = 25

/** What {@link ExpiredRows} cleans up, and how often. */
export interface CleanupPlan {
  /** The store's class name, for warnings. */
  store: string
  /** Time between two runs, or `false` for none but those asked for. */
  interval: Duration | false
  /** How many rows one call of `deleteBatch` removes at most. */
  batchSize: number
  /** Removes one batch of expired rows and tells how many there were. */
  deleteBatch: () => Awaitable<number>
}

/** Removes expired rows in the background, a batch at a time, from the store's first use until it is stopped. */
export class ExpiredRows {
  readonly #plan: CleanupPlan
  readonly #interval: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false
  #failing = false

  /**
   * Prepares the cleanup. Nothing runs yet.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the interval is not usable.
   */
  constructor(plan: CleanupPlan) {
    this.#plan = plan
    this.#interval = plan.interval === false ? 0 : parseDuration(plan.interval, 'cleanupInterval')
  }

  /** Starts the timer unless it runs. Cheap: to be called on every use. */
  wake(): void {
    if (this.#timer === undefined && this.#interval > 0 && !this.#stopped) this.#schedule()
  }

  /** Ends the background work for good. A batch under way is not interrupted. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** Removes all rows that are expired now, in batches with pauses between, and tells how many they were. */
  async deleteAll(): Promise<number> {
    let removed = 0
    for (;;) {
      const batch = await this.#plan.deleteBatch()
      removed += batch
      if (batch < this.#plan.batchSize) return removed
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  #schedule(): void {
    // Half to one and a half intervals: processes started together do not clean up together.
    this.#wait(Math.min(this.#interval * (0.5 + Math.random()), LONGEST_TIMER_MS))
  }

  #wait(ms: number): void {
    this.#timer = beyondRequests(() => setTimeout(() => void this.#run(), ms))
    // On some runtimes a timer is a number, and never keeps a process alive in the first place.
    if (typeof this.#timer === 'object') this.#timer.unref()
  }

  async #run(): Promise<void> {
    let more = false
    try {
      more = (await this.#plan.deleteBatch()) >= this.#plan.batchSize
      this.#failing = false
    } catch (error) {
      this.#report(error)
    }
    if (this.#stopped) return
    if (more) this.#wait(PAUSE_MS)
    else this.#schedule()
  }

  /** Tells of the first failure in a row. The next run tries again; expired rows are not given out meanwhile. */
  #report(error: unknown): void {
    if (this.#failing || this.#stopped) return
    this.#failing = true
    const reason = isError(error) ? error.message : String(error)
    warn(`${this.#plan.store} could not delete expired rows, and will try again: ${reason}`)
  }
}
