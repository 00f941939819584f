/**
 * Measures how long the event loop stands still, on a machine that is disturbed.
 *
 * A pause counts as long as the process itself was at work in it, garbage collection included: what the clock shows beyond
 * that, the machine was given to somebody else.
 */
export class PauseWatch {
  /** The longest pause so far, in milliseconds. */
  longest = 0
  #clock = performance.now()
  #cpu = cpuMillis()

  /** Begins a turn of the event loop. */
  begin(): void {
    this.#clock = performance.now()
    this.#cpu = cpuMillis()
  }

  /** Ends a turn, and begins the next. */
  next(): void {
    const clock = performance.now()
    const cpu = cpuMillis()
    this.longest = Math.max(this.longest, Math.min(clock - this.#clock, cpu - this.#cpu))
    this.#clock = clock
    this.#cpu = cpu
  }
}

function cpuMillis(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
