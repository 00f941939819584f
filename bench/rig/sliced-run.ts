import { setTimeout as wait } from 'node:timers/promises'
import type { Load, LoadGenerator, LoadOptions } from './load.ts'
import type { ServerProcess } from './server-process.ts'

/** What one measurement gave. */
export interface Cost {
  /** CPU time of the server's process, in microseconds a request. */
  cpuMicros: number
  /** How much of it was spent in the operating system, on sockets above all. */
  systemMicros: number
  perSecond: number
}

/** One measurement of a server under load. It is paused but for the slices it is given, in between which others have theirs. */
export class SlicedRun {
  readonly #server: ServerProcess
  readonly #load: Load
  readonly #connections: number
  readonly #before: NodeJS.CpuUsage
  readonly #answered: (requests: number) => void
  /** How long it has not been paused. */
  #millis = 0

  private constructor(
    server: ServerProcess,
    load: Load,
    connections: number,
    before: NodeJS.CpuUsage,
    answered: (requests: number) => void,
  ) {
    this.#server = server
    this.#load = load
    this.#connections = connections
    this.#before = before
    this.#answered = answered
  }

  /**
   * Pauses a server and begins to put load on it.
   * @param answered - Is told at the end how many requests it has answered.
   */
  static async begin(
    server: ServerProcess,
    load: LoadGenerator,
    options: LoadOptions,
    answered: (requests: number) => void,
  ): Promise<SlicedRun> {
    const before = await server.cpuTime()
    server.pause()
    return new SlicedRun(server, load.start(options), options.connections, before, answered)
  }

  /** Lets the server work for a while. */
  async slice(seconds: number): Promise<void> {
    await this.#unpaused(() => wait(seconds * 1_000))
    this.#server.pause()
  }

  /**
   * Gives the server its last slice, until the load has ended, and leaves it unpaused.
   * @param seconds - How long the load goes on; then it takes up to a tenth of a second to end.
   * @throws {Error} a request failed.
   */
  async end(seconds: number): Promise<Cost> {
    const result = await this.#unpaused(async () => {
      if (seconds > 0) await wait(seconds * 1_000)
      return this.#load.stop()
    })
    const after = await this.#server.cpuTime()
    if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} requests failed.`)
    // The load ends while each connection waits for an answer, which the server makes all the same: of a slow one's requests, that
    // is up to half.
    const worked = result.requests + this.#connections
    this.#answered(worked)
    const systemMicros = (after.system - this.#before.system) / worked
    const userMicros = (after.user - this.#before.user) / worked
    const perSecond = (result.requests / this.#millis) * 1_000
    return { cpuMicros: userMicros + systemMicros, systemMicros, perSecond }
  }

  /** Ends the load without a result. */
  abandon(): void {
    this.#load.stop().catch(() => {}) // nobody asks what came of it
  }

  async #unpaused<Result>(work: () => Promise<Result>): Promise<Result> {
    const from = performance.now()
    this.#server.resume()
    const result = await work()
    this.#millis += performance.now() - from
    return result
  }
}
