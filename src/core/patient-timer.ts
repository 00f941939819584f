/**
 * A timer that goes off when what came in meanwhile has been read: after the process stood still, suspended or busy, timers that are due
 * go off first, and the answer they are to replace may lie in its socket.
 */
export class PatientTimer {
  readonly #goOff: () => void
  #timer: ReturnType<typeof setTimeout>

  /** Starts it. */
  constructor(goOff: () => void, ms: number) {
    this.#goOff = goOff
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(this.#goOff, 0)
    }, ms)
  }

  /** Ends it, if it has not gone off. */
  end(): void {
    clearTimeout(this.#timer)
  }
}
