import type { NextFunction } from './handler.ts'

/** One handler's turn: what came of the `next` it was given. */
export class Turn {
  readonly #goOn: () => Promise<void>
  #rest: Promise<void> | null = null
  #onNext: (() => void) | null = null

  /** @param goOn - Runs everything behind the handler. */
  constructor(goOn: () => Promise<void>) {
    this.#goOn = goOn
  }

  /** The function the handler gets. A second call hands on nothing, and ends when the first does. */
  readonly next: NextFunction = (error) => {
    if (this.#rest === null) {
      this.#rest = error === undefined || error === null ? this.#goOn() : Promise.reject(error)
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

  /** Ends when everything behind the handler has; at once when it has not handed on. */
  async rest(): Promise<void> {
    await this.#rest
  }
}
