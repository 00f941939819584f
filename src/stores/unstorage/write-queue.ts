/**
 * Runs the writes of one key one after another, and lets reads wait for them.
 *
 * Drivers that keep files write them in place: two writes at once can leave a mixture, and a read beside a write
 * can see half of it.
 */
export class WriteQueue {
  readonly #last = new Map<string, Promise<void>>()

  /** Runs `work` after the writes of this key that were queued before it, whatever became of them. */
  write<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = this.written(key).then(work)
    const settled = mine.catch(ignore).then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    })
    this.#last.set(key, settled)
    return mine
  }

  /** Waits until the writes of this key that are queued now have ended. Never rejects. */
  written(key: string): Promise<void> {
    return this.#last.get(key) ?? Promise.resolve()
  }
}

function ignore(): void {}
