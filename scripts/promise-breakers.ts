import { BREAKERS_P01_P03 } from './promise-breakers/p01-p03.ts'
import { BREAKERS_P04_P06 } from './promise-breakers/p04-p06.ts'
import { BREAKERS_P07_P08 } from './promise-breakers/p07-p08.ts'
import { BREAKERS_P09 } from './promise-breakers/p09.ts'
import { BREAKERS_P10_P12 } from './promise-breakers/p10-p12.ts'
import type { PromiseBreaker } from './promise-breakers/promise-breaker.ts'

/** Breaks every promise of the design at least twice, in as many ways as it has clauses that are easily lost. */
export const PROMISE_BREAKERS: readonly PromiseBreaker[] = [
  ...BREAKERS_P01_P03,
  ...BREAKERS_P04_P06,
  ...BREAKERS_P07_P08,
  ...BREAKERS_P09,
  ...BREAKERS_P10_P12,
]
