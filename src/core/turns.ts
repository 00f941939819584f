/**
 * Lets those who want to write over one record do so one after another within this process.
 *
 * The store's conditional writes are what keeps updates safe; without turns a thousand parallel updates
 * of one session would also be correct, after half a million conflicts.
 */
export class Turns {
  readonly #queues = new Map<string, Queue>()
  readonly #full: (key: string) => Error
  readonly #giveUp: (error: unknown) => boolean

  /**
   * @param full - Makes the error of who would be one too many: each that waits holds its whole request, also when the client has
   * left long ago.
   * @param giveUp - Says after which failures those who wait fail likewise, instead of each finding out for itself.
   */
  constructor(full: (key: string) => Error, giveUp: (error: unknown) => boolean = () => false) {
    this.#full = full
    this.#giveUp = giveUp
  }

  /**
   * Runs `work` after everything that was queued under this key before; fails when 1,024 wait there already.
   * @param ends - Whether it ends the record: that is not refused, for whoever else keeps it busy. Those behind are soon done.
   */
  take<T>(key: string, work: () => Promise<T>, ends = false): Promise<T> {
    const queue = this.#queues.get(key)
    if (queue === undefined) return this.#first(key, work())
    if (queue.length > MOST_WAITING && !ends) return Promise.reject(this.#full(key))
    return this.#join(
      key,
      queue,
      queue.last.then(work, (error) => this.#after(error, work)),
    )
  }

  #first<T>(key: string, mine: Promise<T>): Promise<T> {
    const queue: Queue = { last: mine, length: 0 }
    this.#queues.set(key, queue)
    return this.#join(key, queue, mine)
  }

  #join<T>(key: string, queue: Queue, mine: Promise<T>): Promise<T> {
    queue.last = mine
    queue.length++
    const leave = (): void => {
      queue.length--
      if (queue.length === 0) this.#queues.delete(key)
    }
    mine.then(leave, leave)
    return mine
  }

  #after<T>(error: unknown, work: () => Promise<T>): Promise<T> {
    return this.#giveUp(error) ? Promise.reject(error) : work()
  }
}

/** How many may wait for one record. */
export const MOST_WAITING = 1_024

/** Who is at work on a record, and who waits. */
interface Queue {
  last: Promise<unknown>
  length: number
}
