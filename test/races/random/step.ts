import type { RandomRequest } from './random-request.ts'

/** Something that a handler does between two waits. */
export interface Step {
  readonly name: string
  /** How often it is drawn, against the others. */
  readonly weight: number
  /** Does it. What it gives is waited for, or not. */
  run(request: RandomRequest): unknown
  /** Notes what is certain once it was waited for. */
  waitedFor?(request: RandomRequest): void
}
