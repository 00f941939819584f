import type { DataObject } from './data-text.ts'
import type { Lifetime } from './expiry.ts'

/** The settings every request is judged by, checked and resolved once. */
export interface Policy extends Lifetime {
  /** Milliseconds since the last touch for another to be worth a write. */
  readonly touchInterval: number
  /** Most bytes of JSON a session may take. */
  readonly maxBytes: number
  /** Whom data belongs to. */
  readonly userOf: (data: Readonly<DataObject>) => string | undefined
  /** Checks data against the schema; `null` when there is none. */
  readonly validate: Validate | null
  /** What a request gets whose session cannot be loaded: an error, or an empty session it cannot save. */
  readonly onStoreFailure: 'fail' | 'anonymous'
  /** Longest wait for one answer of the store, in milliseconds. */
  readonly storeTimeout: number
  /** The clock: milliseconds since the epoch. */
  readonly now: () => number
}

/** Gives the data as the schema makes it, or the list of what is wrong. */
export type Validate = (data: DataObject) => Validated | Promise<Validated>

/** What a schema says of data. The paths and messages name no values. */
export type Validated = { data: DataObject } | { problems: readonly string[] }
