import type { Awaitable } from './awaitable.ts'
import type { SessionRecord } from './record.ts'

/** How long a store should keep what it is given. */
export interface WriteOptions {
  /**
   * Milliseconds from now, on the store's own clock, until the record must no longer be given out.
   * Zero or less means at once: afterwards the id is as good as destroyed.
   */
  ttl: number
}

/** Which record a conditional write may go over. */
export interface ReplaceOptions extends WriteOptions {
  /** The revision the stored record must have. */
  revision: number
}

/** What a touch moves: the lifetime, and nothing else. */
export interface TouchOptions extends WriteOptions {
  /** The record's new `touchedAt`, in milliseconds since the epoch. */
  touchedAt: number
  /** The record's new `expiresAt`, in milliseconds since the epoch. */
  expiresAt: number
}

/**
 * What became of a conditional write.
 * - `written`: the stored record had the expected revision and is now the new one.
 * - `conflict`: a record is there with another revision; nothing was written.
 * - `missing`: no live record is there (destroyed, expired, never made); nothing was written.
 */
export type ReplaceOutcome = 'written' | 'conflict' | 'missing'

/** One step of a walk over all records. */
export interface RecordPage {
  /** Live records, in no promised order. May be empty before the last page. */
  records: SessionRecord[]
  /** Where the next page begins. Absent on the last page. Opaque: give it back as it came. */
  cursor?: string
}

/**
 * Tells a record that has ended since a request came from one that had ended before: the first must not be followed by a new
 * session, the second may be.
 */
export interface EndedRecords {
  /** How many live records have been ended so far, in whatever way but by their own time. */
  readonly count: number
  /** Tells whether the record under this id was ended when `count` was more than this. */
  isEndedSince(id: string, count: number): boolean
}

/**
 * Where session records live.
 *
 * `get`, `set` and `destroy` are all a store needs. Each of the other methods makes a stronger promise
 * possible, and the engine asks for them by presence. Methods may answer with a plain value or a promise.
 * A failure of the backend is thrown (or rejected) as the driver's own error: the engine wraps it in a
 * {@link StoreError}. Missing and expired records are never errors.
 *
 * A store takes a client that the user made, closes only what it opened itself, holds no timer per
 * record, and deletes expired records in bounded batches.
 */
export interface SessionStore {
  /**
   * Says that `get` answers at once, without a promise, and has nothing that could fail: memory, and little else.
   * The engine then asks when a session is first used, so a request that leaves its session alone costs next to nothing. It does
   * so only where the store has `ended` too.
   */
  readonly immediate?: true
  /** What an immediate store knows of records that were ended lately. */
  readonly ended?: EndedRecords
  /** Gives the record under this id; `null` when there is none or its ttl has run out. */
  get(id: string): Awaitable<SessionRecord | null>
  /** Writes the record, whatever was there. */
  set(id: string, record: SessionRecord, options: WriteOptions): Awaitable<void>
  /** Removes the record. A missing one is not an error. Once it answers, no `get` anywhere gives the record. */
  destroy(id: string): Awaitable<void>
  /** Stops timers and closes what the store itself opened. Called once, at shutdown. */
  dispose?(): Awaitable<void>

  /**
   * Writes a record under an id that is free, in one atomic step.
   * @returns `false` when a live record is already there; it is left untouched.
   */
  create?(id: string, record: SessionRecord, options: WriteOptions): Awaitable<boolean>
  /**
   * Writes over a live record of exactly `options.revision`, in one atomic step. Never brings a destroyed or
   * expired record back. With a `ttl` of zero or less it ends the record instead of writing it, under the
   * same condition: the engine's conditional destroy.
   */
  replace?(id: string, record: SessionRecord, options: ReplaceOptions): Awaitable<ReplaceOutcome>
  /**
   * Extends a live record without reading or writing its data, user or revision, in one atomic step.
   * @returns `false` when no live record is there; nothing is written.
   */
  touch?(id: string, options: TouchOptions): Awaitable<boolean>
  /** Gives the live records of one user, in no promised order. */
  listByUser?(user: string): Awaitable<SessionRecord[]>
  /**
   * Removes all records of one user, in a bounded number of round trips. Once it answers, none is left that was there
   * when it was called, nor one in whose place another has been put meanwhile: a session that gets a new id has its new
   * record created before its old one ends.
   * @returns How many live records were removed.
   */
  destroyByUser?(user: string, options?: { except?: string }): Awaitable<number>
  /**
   * Walks all live records, a page at a time. A record that lives through the whole walk is given at least
   * once; one written or removed meanwhile may or may not be.
   * @param options.limit - About how many records a page should hold. Default 100.
   */
  entries?(options?: { cursor?: string; limit?: number }): Awaitable<RecordPage>
  /** Counts live records. May be approximate where an exact count would scan the whole store. */
  count?(): Awaitable<number>

  /**
   * Calls `listener` with the id of each record the store drops for want of room.
   * The engine passes it on as the event `evicted`.
   */
  onEvict?(listener: (id: string) => void): void
}

/** A store with every ability the engine's promises rest on: what the engine itself speaks to. */
export interface ConditionalStore extends SessionStore {
  create(id: string, record: SessionRecord, options: WriteOptions): Awaitable<boolean>
  replace(id: string, record: SessionRecord, options: ReplaceOptions): Awaitable<ReplaceOutcome>
  touch(id: string, options: TouchOptions): Awaitable<boolean>
}
