/**
 * Lets those who want to write over one record do so one after another within this process.
 *
 * The store's conditional writes are what keeps updates safe; without turns a thousand parallel updates
 * of one session would also be correct, after half a million conflicts.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `work` after everything that was queued under this key before, whether that went well or not. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const mine = before === undefined ? work() : before.then(work, work)
    const settled = mine.then(ignore, ignore)
    this.#last.set(key, settled)
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    })
    return mine
  }
}

function ignore(): void {}
