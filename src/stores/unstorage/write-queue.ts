// As long as a request waits for its store unless told otherwise. From then on a write is late, and the engine sees to it that
// what it leaves does not count.
const LONGEST_WAIT_MS = 2_000

// A write that has taken so long will not end any more.
const LONGEST_WRITE_MS = 60_000

/** The writes of one key that have not ended. */
interface Line {
  /** Resolves when the one that was queued last has ended. */
  last: Promise<void>
  /** How many have ended. */
  ended: number
  /** When one last began or ended, by `performance.now()`. */
  since: number
}

/**
 * Runs the writes of one key one after another, and lets reads wait for them.
 *
 * Drivers that keep files write them in place: two writes at once can leave a mixture, and a read beside a write
 * can see half of it. But a write may never end, as when a driver loses a callback or a request is broken off on
 * Workers: where none has ended for 2 seconds, nobody waits any longer.
 */
export class WriteQueue {
  readonly #lines = new Map<string, Line>()
  /** When the last write of each key began, while one has not ended that has begun. */
  readonly #begun = new Map<string, { writes: number; last: number }>()

  /** Runs `work` after the writes of this key that were queued before it, whatever became of them. */
  write<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.written(key)
    const line = this.#lineOf(key) ?? { last: before, ended: 0, since: performance.now() }
    this.#lines.set(key, line)
    const mine = before.then(() => {
      line.since = performance.now()
      return this.#noted(key, work)
    })
    const settled = mine.then(ignore, ignore).then(() => {
      line.ended++
      line.since = performance.now()
      if (line.last === settled && this.#lines.get(key) === line) this.#lines.delete(key)
    })
    line.last = settled
    return mine
  }

  /** Tells whether a write of this key is under way, waited for or not: what is read may be half of it. */
  isWriting(key: string): boolean {
    const begun = this.#begun.get(key)
    return begun !== undefined && performance.now() - begun.last < LONGEST_WRITE_MS
  }

  async #noted<T>(key: string, work: () => Promise<T>): Promise<T> {
    const begun = this.#begun.get(key) ?? { writes: 0, last: 0 }
    begun.writes++
    begun.last = performance.now()
    this.#begun.set(key, begun)
    try {
      return await work()
    } finally {
      begun.writes--
      if (begun.writes === 0) this.#begun.delete(key)
    }
  }

  /** Waits until the writes of this key that are queued now have ended, or one takes too long. Never rejects. */
  written(key: string): Promise<void> {
    const line = this.#lineOf(key)
    return line === undefined ? Promise.resolve() : endOf(line)
  }

  /** Gives the line of a key, unless it has stood still for too long. */
  #lineOf(key: string): Line | undefined {
    const line = this.#lines.get(key)
    if (line === undefined || timeLeft(line) > 0) return line
    this.#lines.delete(key)
    return undefined
  }
}

function timeLeft(line: Line): number {
  return line.since + LONGEST_WAIT_MS - performance.now()
}

async function endOf(line: Line): Promise<void> {
  const { last } = line
  for (;;) {
    const { ended } = line
    if (await endsWithin(last, timeLeft(line))) return
    // All who wait go on at once. One after the other, each would wait for the one before it too, which may never
    // end either: while a backend hangs they would become more and more.
    if (line.ended === ended) return
  }
}

/** Waits for something to end, so long at most, and keeps no process alive for it. Answers whether it has. */
function endsWithin(end: Promise<void>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    if (typeof timer === 'object') timer.unref()
    end.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

function ignore(): void {}
