import type { NextFunction } from './handler.ts'
import type { LateErrors } from './late-errors.ts'
import { asError } from './thrown-value.ts'

/** One handler's turn: what came of the `next` it was given. */
export class Turn {
  readonly #goOn: () => Promise<void>
  readonly #late: LateErrors
  #rest: Promise<void> | null = null
  #failure: { error: unknown } | null = null
  #onNext: (() => void) | null = null
  #ended = false

  /** @param goOn - Runs everything behind the handler. */
  constructor(goOn: () => Promise<void>, late: LateErrors) {
    this.#goOn = goOn
    this.#late = late
  }

  /**
   * The function the handler gets. A second call hands on nothing, and ends when the first does; an error is heard all the
   * same. What it returns never rejects: `work().catch(next)` would hand the error on to nobody, which ends the process.
   */
  readonly next: NextFunction = (error) => {
    const failed = error !== undefined && error !== null
    if (failed) this.fail(error)
    if (this.#rest === null) {
      this.#rest = failed ? Promise.resolve() : this.#runRest()
      this.#onNext?.()
    }
    return this.#rest
  }

  /** Whether the handler has called `next`. */
  get handedOn(): boolean {
    return this.#rest !== null
  }

  /** Calls `listener` when the handler calls `next`. */
  onNext(listener: () => void): void {
    this.#onNext = listener
  }

  /** Lets the turn fail, once everything behind has ended. An error after that, and a second one, can only be told. */
  fail(error: unknown): void {
    if (!this.#ended && this.#failure === null) this.#failure = { error }
    else if (this.#ended || this.#failure?.error !== error) this.#late.tellLate(error)
  }

  /** Ends the turn: an error from now on can only be told. */
  end(): void {
    this.#ended = true
  }

  /**
   * Ends the turn when everything behind the handler has ended; at once when it has not handed on.
   * @throws {Error} what the turn failed with.
   */
  async rest(): Promise<void> {
    await this.#rest
    this.end()
    if (this.#failure !== null) throw asError(this.#failure.error)
  }

  async #runRest(): Promise<void> {
    try {
      await this.#goOn()
    } catch (error) {
      this.fail(error)
    }
  }
}
