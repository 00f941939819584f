import type { Framework, Setup, StoreName, Subject } from '../subjects/subject.ts'
import type { Bench } from './bench.ts'
import { Contestant, medianCost } from './contestant.ts'
import type { Traffic } from './runner.ts'
import type { Cost } from './sliced-run.ts'
import { median } from './statistics.ts'
import { type Turn, turnsOf } from './turns.ts'

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
  /** The requests a second of each round. */
  speeds: number[]
}

/** The measurements of several subjects, and those that could not be made. */
export interface Comparison {
  measured: Measured[]
  notices: string[]
}

// The length of one turn of warming up, in seconds.
const WARMUP_TURN = 0.3
// The length of one slice of a measurement, in seconds.
const SLICE = 0.02
// That of the last one, on average: the load ends at its next look at the clock, which it takes ten times a second.
const LAST_SLICE = 0.05

/**
 * Measures subjects beside each other: all their servers are started and checked, then they are warmed up in turn, then each
 * round measures all of them, in slices and in turning order, so that what disturbs the machine disturbs all alike.
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
    const longest = Math.max(...contestants.map(({ warmup }) => warmup))
    for (let left = Math.ceil(longest / WARMUP_TURN); left > 0; left--) {
      // In turn: one after the other, the first would have waited for minutes. Those who need less join in later, for the same reason.
      for (const { contestant, nth } of turns) {
        if (left <= Math.ceil(contestant.warmup / WARMUP_TURN)) await contestant.warmUp(nth, WARMUP_TURN)
      }
    }
    for (let round = 0; round < rounds; round++) {
      // In turning order: nobody is always the first.
      const first = round % turns.length
      await playRound([...turns.slice(first), ...turns.slice(0, first)], seconds)
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

/** Measures every server once, all at the same time: each works for a slice while the others are paused. */
async function playRound(turns: readonly Turn[], seconds: number): Promise<void> {
  for (const { contestant, nth } of turns) await contestant.begin(nth)
  for (let left = Math.round((seconds - LAST_SLICE) / SLICE); left > 0; left--) {
    for (const { contestant, nth } of turns) await contestant.slice(nth, SLICE)
  }
  for (const { contestant, nth } of turns) await contestant.end(nth)
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
    speeds: costs.map(({ perSecond }) => perSecond),
  }
}
