import type { Framework, Setup, StoreName, Subject } from '../subjects/subject.ts'
import type { Bench } from './bench.ts'
import { Contestant, medianCost } from './contestant.ts'
import type { Cost, Traffic } from './runner.ts'
import { median } from './statistics.ts'
import { turnsOf } from './turns.ts'

/** What one subject's requests cost: medians of its rounds, in each of which it cost the median of its servers. */
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

// A server that has waited while others were warmed up needs so many turns to cost the same in each again: the first
// takes up to five times as long.
const SETTLING_ROUNDS = 3

/**
 * Measures subjects beside each other: all their servers are started, checked and warmed up, then each round measures
 * every one of them, in turning order, so that what disturbs the machine disturbs all. The first rounds do not count.
 * @param setup - What the servers are started with.
 */
export async function compare(
  bench: Bench,
  subjects: readonly Subject[],
  setup: Omit<Setup, 'storeUrl'>,
  traffic: Traffic,
): Promise<Comparison> {
  const { processes, rounds, seconds } = bench.options
  const contestants = subjects.map((subject) => new Contestant(subject, setup))
  const turns = turnsOf(contestants, processes)
  try {
    for (const { contestant } of turns) await contestant.start(bench, traffic)
    for (let round = 0; round < SETTLING_ROUNDS + rounds; round++) {
      // In turning order: nobody is always the first.
      for (const at of turns.keys()) {
        const turn = turns[(at + round) % turns.length]
        if (round < SETTLING_ROUNDS) await turn?.contestant.settle(turn.nth, seconds)
        else await turn?.contestant.measure(turn.nth, seconds)
      }
    }
  } finally {
    for (const contestant of contestants) contestant.stop()
  }
  const sound = contestants.filter(({ problem }) => problem === undefined)
  const bare = sound.find(({ subject }) => subject.kind === 'bare')
  return {
    measured: sound.map((one) => summary(one, bare, setup.store)),
    notices: contestants.flatMap(({ problem }) => problem ?? []),
  }
}

function summary({ subject, costs }: Contestant, bare: Contestant | undefined, store: StoreName): Measured {
  const { framework, name, kind } = subject
  const bareCosts = bare?.costs ?? []
  const bareMicros = (round: number): number => bareCosts[round]?.cpuMicros ?? Number.NaN
  const ratios = costs.map(({ cpuMicros }, round) => bareMicros(round) / cpuMicros)
  return {
    framework,
    store,
    subject: name,
    kind,
    ...medianCost(costs),
    added: median(costs.map(({ cpuMicros }, round) => cpuMicros - bareMicros(round))),
    ratio: median(ratios),
    ratios,
  }
}
