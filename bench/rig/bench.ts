import type { Backends } from './backends.ts'
import { LiveServers } from './live-servers.ts'
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

/** The same, with servers that end with the question: for those that ask how something grows, which nobody else asks of the same. */
export async function withOwnServers<Answer>(
  bench: Bench,
  ask: (bench: Bench) => Promise<Answer>,
): Promise<Answer> {
  const servers = new LiveServers()
  try {
    return await ask({ ...oneProcessEach(bench), servers })
  } finally {
    servers.stop()
  }
}
