// Less than this is what timers are late by on a busy machine.
const STOOD_STILL_MS = 50
const MOMENT_MS = 250

/**
 * A timer that goes off when what came in meanwhile has been read: after the process stood still, suspended or busy, timers that are due
 * go off first, and the answer they are to replace may lie in its socket.
 *
 * Who was late gives a moment, and not one look at the sockets alone: what came is read 64 KB at a time, and a store may ask in several
 * steps, of which only the first was answered.
 */
export class PatientTimer {
  readonly #goOff: () => void
  #timer: ReturnType<typeof setTimeout>

  /** Starts it. */
  constructor(goOff: () => void, ms: number) {
    this.#goOff = goOff
    const due = performance.now() + ms
    this.#timer = setTimeout(() => {
      const stoodStill = performance.now() - due > STOOD_STILL_MS
      this.#timer = setTimeout(this.#goOff, stoodStill ? MOMENT_MS : 0)
    }, ms)
  }

  /** Ends it, if it has not gone off. */
  end(): void {
    clearTimeout(this.#timer)
  }
}
