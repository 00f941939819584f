import type { Backends } from './backends.ts'
import type { LoadGenerator } from './load.ts'
import type { BenchOptions } from './options.ts'

/** What a question is asked with. */
export interface Bench {
  options: BenchOptions
  load: LoadGenerator
  backends: Backends
  /** Tells whoever waits what is going on. */
  tell(line: string): void
}

/** The same, with one server of each subject: for questions without a figure to reach. */
export function oneProcessEach(bench: Bench): Bench {
  return { ...bench, options: { ...bench.options, processes: 1 } }
}
