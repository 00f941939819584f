import type { Carry } from './carry.ts'

/**
 * A session's data at the moment a save of it began. Texts, so that nothing the handler does meanwhile changes them.
 */
export interface Snapshot {
  /** The data. */
  readonly text: string
  /** The data it came from: as loaded, saved, or carried over last. */
  readonly base: string
  /** What saves have tried to write since and may have written: they failed, and the answer may just have got lost. */
  readonly inDoubt: readonly string[]
  /** Whether the store may hold anything else than the data. */
  readonly changed: boolean
  /** Which data of a newer old record goes over when the id changes. */
  readonly carry: Carry
  /** How often the data had been changed by then. */
  readonly changes: number
  /** How often the session had been renewed or destroyed by then. */
  readonly turns: number
}
