import type { Setup, StoreName, Subject } from '../subjects/subject.ts'
import type { Bench } from './bench.ts'
import { Runner, type Traffic } from './runner.ts'
import { MissingModule } from './server-process.ts'
import type { Cost, SlicedRun } from './sliced-run.ts'
import { median } from './statistics.ts'

/** One server of a contestant, and what it cost in each round. */
interface Entry {
  runner: Runner
  /** Its measurement that is under way. */
  run: SlicedRun | undefined
  costs: Cost[]
}

/** A subject in a comparison: the servers it is measured in, until one of them fails. */
export class Contestant {
  readonly subject: Subject
  readonly #setup: Omit<Setup, 'storeUrl'>
  readonly #entries: Entry[] = []
  #problem: string | undefined

  constructor(subject: Subject, setup: Omit<Setup, 'storeUrl'>) {
    this.subject = subject
    this.#setup = setup
  }

  /** Where it keeps its sessions. */
  get store(): StoreName {
    return this.#setup.store
  }

  /** Why it is out; nothing while it is not. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** How many seconds of load the slowest of its servers needs before what it costs counts. */
  get warmup(): number {
    return Math.max(0, ...this.#entries.map(({ runner }) => runner.warmup))
  }

  /** Starts one more server of it. */
  async start(bench: Bench, traffic: Traffic): Promise<void> {
    await this.#unlessOut(async () => {
      const nth = this.#entries.length
      const runner = await Runner.start(bench, this.subject, this.#setup, traffic, nth)
      this.#entries.push({ runner, run: undefined, costs: [] })
    })
  }

  /** Puts load on its nth server once, and leaves the result. */
  async warmUp(nth: number, seconds: number): Promise<void> {
    await this.#with(nth, ({ runner }) => runner.run(seconds))
  }

  /** Begins to measure its nth server, which is paused from now on but for its slices. */
  async begin(nth: number): Promise<void> {
    await this.#with(nth, async (entry) => {
      entry.run = await entry.runner.begin()
    })
  }

  /** Gives its nth server a slice. */
  async slice(nth: number, seconds: number): Promise<void> {
    await this.#with(nth, async ({ run }) => run?.slice(seconds))
  }

  /** Gives its nth server the last slice of a measurement. */
  async end(nth: number): Promise<void> {
    await this.#with(nth, async (entry) => {
      const { run, costs } = entry
      entry.run = undefined
      if (run !== undefined) costs.push(await run.end(0))
    })
  }

  /** What it cost in each round: the median of its servers. */
  get costs(): Cost[] {
    const [first] = this.#entries
    const costsIn = (round: number): Cost[] => this.#entries.flatMap(({ costs }) => costs[round] ?? [])
    return first?.costs.map((_, round) => medianCost(costsIn(round))) ?? []
  }

  /** Ends its servers, unless other questions may be asked of them. */
  stop(): void {
    for (const { runner } of this.#entries) runner.stop()
  }

  async #with(nth: number, work: (entry: Entry) => Promise<unknown>): Promise<void> {
    const entry = this.#entries[nth]
    if (entry === undefined) return
    await this.#unlessOut(async () => {
      try {
        await work(entry)
      } catch (error) {
        // The others too: one that is paused could be asked nothing more.
        for (const { run, runner } of this.#entries) {
          run?.abandon()
          runner.discard()
        }
        throw error
      }
    })
  }

  async #unlessOut(work: () => Promise<void>): Promise<void> {
    if (this.#problem !== undefined) return
    try {
      await work()
    } catch (error) {
      const { framework, name } = this.subject
      const message = error instanceof Error ? error.message : String(error)
      const what = error instanceof MissingModule ? 'was skipped' : 'was not measured'
      this.#problem = `${framework}/${name} on ${this.#setup.store} ${what}: ${message}`
    }
  }
}

/** Gives the median of each figure by itself. */
export function medianCost(costs: readonly Cost[]): Cost {
  return {
    cpuMicros: median(costs.map(({ cpuMicros }) => cpuMicros)),
    systemMicros: median(costs.map(({ systemMicros }) => systemMicros)),
    perSecond: median(costs.map(({ perSecond }) => perSecond)),
  }
}
