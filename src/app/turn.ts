import type { NextFunction } from './handler.ts'

/** Is told of an error that comes when the handler's turn is over, and nobody is there to answer for it. */
export interface LateErrors {
  tellLate(error: unknown): void
}

/** One handler's turn: what came of the `next` it was given. */
export class Turn {
  readonly #goOn: () => Promise<void>
  #rest: Promise<void> | null = null
  #onNext: (() => void) | null = null
  #late: LateErrors | null = null

  /** @param goOn - Runs everything behind the handler. */
  constructor(goOn: () => Promise<void>) {
    this.#goOn = goOn
  }

  /** The function the handler gets. A second call hands on nothing, and ends when the first does. */
  readonly next: NextFunction = (error) => {
    if (this.#rest === null) {
      const failed = error !== undefined && error !== null
      this.#rest = failed ? Promise.reject(error) : this.#goOn()
      if (failed) this.#late?.tellLate(error)
      // The turn waits for it too: a middleware that forgets the promise must not end the process.
      this.#rest.catch(() => {})
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

  /** Ends the turn: an error given to `next` from now on can only be told. */
  end(late: LateErrors): void {
    this.#late = late
  }

  /** Ends when everything behind the handler has; at once when it has not handed on. */
  async rest(): Promise<void> {
    await this.#rest
  }
}
