import type { Backends } from './backends.ts'
import type { LiveServers } from './live-servers.ts'
import type { LoadGenerator } from './load.ts'
import type { BenchOptions } from './options.ts'

/** What a question is asked with. */
export interface Bench {
  options: BenchOptions
  load: LoadGenerator
  backends: Backends
  /** Keeps servers from one question to the next; `null` where each question starts its own. */
  servers: LiveServers | null
  /** Tells whoever waits what is going on. */
  tell(line: string): void
}

/** The same, with one server of each subject: for questions without a figure to reach. */
export function oneProcessEach(bench: Bench): Bench {
  return { ...bench, options: { ...bench.options, processes: 1 } }
}

/** The same, with servers of its own that are warmed up for half as long: for questions that ask how something grows. */
export function ownServersEach(bench: Bench): Bench {
  const one = oneProcessEach(bench)
  return { ...one, servers: null, options: { ...one.options, warmup: one.options.warmup / 2 } }
}
