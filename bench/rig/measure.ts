import type { Framework, Setup, StoreName, Subject } from '../subjects/subject.ts'
import type { Bench } from './question.ts'
import { type Cost, Runner, type Traffic } from './runner.ts'
import { MissingModule } from './server-process.ts'
import { median } from './statistics.ts'

/** What one subject's requests cost: medians of its rounds. */
export interface Measured extends Cost {
  framework: Framework
  store: StoreName
  subject: string
  kind: Subject['kind']
  /** What was varied, such as the session's size. */
  variant?: string
  /** CPU time a request beyond the bare framework's in the same round, in microseconds. */
  added: number
  /** The bare framework's CPU time a request in the same round, divided by this one's. */
  ratio: number
  /** The ratio of each round. */
  ratios: number[]
}

/** The measurements of several subjects, and those that could not be made. */
export interface Comparison {
  measured: Measured[]
  notices: string[]
}

interface Contestant {
  runner: Runner
  costs: Cost[]
  /** Why it is not measured any more. */
  problem?: string
}

/**
 * Measures subjects beside each other: all are started, checked and warmed up, then each round measures every one of
 * them, in turning order, so that what disturbs the machine disturbs all.
 * @param setup - What the servers are started with.
 */
export async function compare(
  bench: Bench,
  subjects: readonly Subject[],
  setup: Omit<Setup, 'storeUrl'>,
  traffic: Traffic,
): Promise<Comparison> {
  const contestants: Contestant[] = []
  const notices: string[] = []
  try {
    for (const subject of subjects) {
      try {
        contestants.push({ runner: await Runner.start(bench, subject, setup, traffic), costs: [] })
      } catch (error) {
        notices.push(problemOf(subject, setup.store, error))
      }
    }
    for (let round = 0; round < bench.options.rounds; round++) {
      // In turning order: nobody always comes after the same other.
      for (const at of contestants.keys()) {
        const contestant = contestants[(at + round) % contestants.length]
        if (contestant !== undefined) await measureOnce(contestant, bench.options.seconds, setup.store)
      }
    }
  } finally {
    for (const { runner } of contestants) runner.stop()
  }
  notices.push(...contestants.flatMap(({ problem }) => problem ?? []))
  const sound = contestants.filter(({ problem }) => problem === undefined)
  const bare = sound.find(({ runner }) => runner.subject.kind === 'bare')
  return { measured: sound.map((one) => summary(one, bare, setup.store)), notices }
}

async function measureOnce(contestant: Contestant, seconds: number, store: StoreName): Promise<void> {
  if (contestant.problem !== undefined) return
  try {
    contestant.costs.push(await contestant.runner.run(seconds))
  } catch (error) {
    contestant.problem = problemOf(contestant.runner.subject, store, error)
  }
}

function problemOf({ framework, name }: Subject, store: StoreName, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const what = error instanceof MissingModule ? 'was skipped' : 'was not measured'
  return `${framework}/${name} on ${store} ${what}: ${message}`
}

function summary({ runner, costs }: Contestant, bare: Contestant | undefined, store: StoreName): Measured {
  const { framework, name, kind } = runner.subject
  const bareMicros = (round: number): number => bare?.costs[round]?.cpuMicros ?? Number.NaN
  const ratios = costs.map(({ cpuMicros }, round) => bareMicros(round) / cpuMicros)
  return {
    framework,
    store,
    subject: name,
    kind,
    cpuMicros: median(costs.map(({ cpuMicros }) => cpuMicros)),
    systemMicros: median(costs.map(({ systemMicros }) => systemMicros)),
    perSecond: median(costs.map(({ perSecond }) => perSecond)),
    added: median(costs.map(({ cpuMicros }, round) => cpuMicros - bareMicros(round))),
    ratio: median(ratios),
    ratios,
  }
}
