import type { Measured } from './measure.ts'
import { median } from './statistics.ts'

/** Gives the CPU time of one subject divided by that of another: the median of what it is in each round. */
export function cpuShare(one: Measured, other: Measured): number {
  // Each round's ratios are to the same bare framework, which cancels out.
  return medianQuotient(other.ratios, one.ratios)
}

/** Gives the requests a second of one subject divided by those of another, likewise. */
export function speedShare(one: Measured, other: Measured): number {
  return medianQuotient(one.speeds, other.speeds)
}

function medianQuotient(dividends: readonly number[], divisors: readonly number[]): number {
  return median(dividends.map((dividend, round) => dividend / (divisors[round] ?? Number.NaN)))
}
