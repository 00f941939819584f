/**
 * Lets those who want to write over one record do so one after another within this process.
 *
 * The store's conditional writes are what keeps updates safe; without turns a thousand parallel updates
 * of one session would also be correct, after half a million conflicts.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()
  readonly #giveUp: (error: unknown) => boolean

  /** @param giveUp - Says after which failures those who wait fail likewise, instead of each finding out for itself. */
  constructor(giveUp: (error: unknown) => boolean = () => false) {
    this.#giveUp = giveUp
  }

  /** Runs `work` after everything that was queued under this key before. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const mine = before === undefined ? work() : before.then(work, (error) => this.#after(error, work))
    this.#last.set(key, mine)
    const forget = (): void => {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
    mine.then(forget, forget)
    return mine
  }

  #after<T>(error: unknown, work: () => Promise<T>): Promise<T> {
    return this.#giveUp(error) ? Promise.reject(error) : work()
  }
}
