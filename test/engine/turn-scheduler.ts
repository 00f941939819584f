import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'
import { vi } from 'vitest'
import type { SeededRandom } from './seeded-random.ts'

// More rounds in which nobody asks for a turn than any pause of the engine lasts, in milliseconds of the faked timers.
const MOST_IDLE_ROUNDS = 200
// More than what the engine waits before it does something that nobody waits for.
const IDLE_ROUNDS_AT_THE_END = 10

interface Waiting {
  readonly what: string
  go(): void
}

/**
 * Lets exactly one of all who wait for a turn go on at a time, as far as it can, and draws who: the same seed gives
 * the same order. Timers are to be faked meanwhile: they go on by a millisecond a round.
 */
export class TurnScheduler {
  /** What went on, line by line: who did what. */
  readonly trace: string[] = []
  readonly #random: SeededRandom
  readonly #actors = new AsyncLocalStorage<string>()
  readonly #waiting: Waiting[] = []
  readonly #begun: Promise<void>[] = []
  #acting = 0

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** Who is at work: the name given to `begin`; `null` when it is none of those. */
  get actor(): string | null {
    return this.#actors.getStore() ?? null
  }

  /** Begins the work of an actor. It does not count as over before all that it waits for is. */
  begin(actor: string, work: () => Promise<void>): void {
    this.#acting++
    const begun = this.#actors.run(actor, work).finally(() => {
      this.#acting--
    })
    // Handled when `run` comes to it; until then it must not end the process.
    begun.catch(() => {})
    this.#begun.push(begun)
  }

  /** Puts a line into the trace. */
  note(what: string): void {
    this.trace.push(`${this.actor ?? 'outside'} ${what}`)
  }

  /** Waits until it is drawn. */
  async turn(what: string): Promise<void> {
    await new Promise<void>((go) => this.#waiting.push({ what, go }))
    this.note(what)
  }

  /**
   * Gives turns until all work that was begun is over, and all that was left behind by it.
   * @throws what one of the actors threw, or that they wait for something that never comes.
   */
  async run(): Promise<void> {
    for (
      let idle = 0;
      this.#acting > 0 || this.#waiting.length > 0 || idle < IDLE_ROUNDS_AT_THE_END;
      idle++
    ) {
      if (idle > MOST_IDLE_ROUNDS) throw new Error('Somebody waits for what never comes.')
      vi.advanceTimersByTime(1)
      await setImmediate()
      const [next] = this.#waiting.splice(this.#random.below(this.#waiting.length), 1)
      if (next === undefined) continue
      next.go()
      idle = 0
    }
    await Promise.all(this.#begun)
  }
}
