import type { Cost } from './runner.ts'

// Other guests of the machine take its caches and its time for seconds on end, and a server pays for that the more, the
// more memory it touches. Whether a round is disturbed is told by the bare framework alone, so that no subject's own
// luck decides which of its rounds count.
const DISTURBED = 1.2
const MOST_MORE = 6

/** Tells whether another round is to be measured: `wanted` of them, and some more while too many were disturbed. */
export function isOneMoreNeeded(measured: number, wanted: number, bare: readonly Cost[]): boolean {
  if (measured < wanted) return true
  return measured < wanted + MOST_MORE && quiet(bare).length < wanted
}

/**
 * Chooses the rounds that count.
 * @param bare - What the bare framework cost in each round.
 * @returns The numbers of those in which that was within a fifth of its lowest; where they are fewer than `wanted`, of the quietest.
 */
export function quietRounds(bare: readonly Cost[], wanted: number): number[] {
  const found = quiet(bare)
  if (found.length >= wanted) return found
  const byCost = [...bare.keys()].toSorted((a, b) => micros(bare, a) - micros(bare, b))
  return byCost.slice(0, wanted).toSorted((a, b) => a - b)
}

function quiet(bare: readonly Cost[]): number[] {
  const lowest = Math.min(...bare.map(({ cpuMicros }) => cpuMicros))
  return [...bare.keys()].filter((round) => micros(bare, round) <= DISTURBED * lowest)
}

function micros(bare: readonly Cost[], round: number): number {
  return bare[round]?.cpuMicros ?? Number.NaN
}
