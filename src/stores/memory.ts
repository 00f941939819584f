import { type Duration, parseDuration } from '../core/duration.ts'
import type { SessionRecord } from '../core/record.ts'
import type {
  ConditionalStore,
  EndedRecords,
  RecordPage,
  ReplaceOptions,
  ReplaceOutcome,
  TouchOptions,
  WriteOptions,
} from '../core/store.ts'
import { checkOptions, STORE } from './memory/check-options.ts'
import { EndedIds } from './memory/ended-ids.ts'
import { LastUse } from './memory/last-use.ts'
import { MARK, NONE, TEXT } from './memory/record-page.ts'
import { RecordTable } from './memory/record-table.ts'
import { SlotIndex } from './memory/slot-index.ts'
import { type SweepProgress, SweepTimer } from './memory/sweep-timer.ts'
import { UserIndex } from './memory/user-index.ts'
import { clockOf, optionsOf } from './options.ts'

/** How a {@link MemorySessionStore} is set up. */
export interface MemorySessionStoreOptions {
  /**
   * Sets how often expired records are removed: milliseconds or a duration. Default `'5m'`, at most 400 days.
   * An expired record is never given out, swept or not; this decides how long it takes up memory.
   */
  cleanupInterval?: Duration
  /**
   * Limits how many records are held. Default 1,000,000, which is some 250 MB plus your data; `Infinity` sets no limit.
   * A write past the limit drops a record that has not been read or written for long, and tells `onEvict`: the one unused
   * for longest of 32 drawn at random.
   */
  maxSessions?: number
  /** Gives the store's clock, in milliseconds since the epoch. Default `Date.now`. */
  now?: () => number
}

// One slice of a sweep looks at so many slots and removes so many records, whichever comes first: under 1 ms.
// Counted, not timed: on some runtimes the clock stands still while code runs.
const SLICE_SLOTS = 16_384
const SLICE_REMOVALS = 500
// What a call to `entries` passes over at most where nothing lives, so that it too is bounded.
const PAGE_SLOTS = 65_536

// An id is random in each character: these many tell as much as all 43 would.
const HASHED_OF_ID = 8

const DEFAULT_PAGE_LIMIT = 100

/**
 * Keeps sessions in the memory of this process: for development, tests, and servers that run as one process and
 * may lose their sessions when it ends.
 *
 * It has every ability a store can have, answers without a promise, and removes expired records in slices that
 * hold up nothing else. Records are copied on the way in and on the way out.
 */
export class MemorySessionStore implements ConditionalStore {
  /** Says that nothing has to be waited for. */
  readonly immediate?: true = true
  /** Which records were ended lately. */
  readonly ended?: EndedRecords
  readonly #ended = new EndedIds()
  readonly #now: () => number
  readonly #maxSessions: number
  readonly #table = new RecordTable()
  readonly #ids = new SlotIndex(this.#table, TEXT.key, MARK.idNext, HASHED_OF_ID, MARK.idHash)
  readonly #users = new UserIndex(this.#table)
  readonly #lastUse = new LastUse(this.#table)
  readonly #timer: SweepTimer
  readonly #evictListeners: ((id: string) => void)[] = []
  /** Where the sweep goes on. */
  #sweepSlot = 0

  /** Names the class in errors, also in minified code. */
  static get name(): string {
    return STORE
  }

  /**
   * Makes an empty store. It holds no timer until the first write.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` an option is unknown or not usable.
   */
  constructor(options: MemorySessionStoreOptions = {}) {
    const { cleanupInterval = '5m', maxSessions = 1_000_000, now, ...others } = optionsOf(STORE, options)
    checkOptions(maxSessions, others)
    this.ended = this.#ended
    this.#now = clockOf(STORE, now)
    this.#maxSessions = maxSessions
    this.#timer = new SweepTimer(parseDuration(cleanupInterval, 'cleanupInterval'), this.#now, () =>
      this.#sweepSlice(),
    )
  }

  /** Tells how many records are held, the expired ones that no sweep has reached yet included: what `maxSessions` limits. */
  get size(): number {
    return this.#table.used
  }

  /** Gives the record under this id; `null` when there is none or its ttl has run out. */
  get(id: string): SessionRecord | null {
    const slot = this.#findLive(id, this.#now())
    if (slot === NONE) return null
    this.#lastUse.note(slot)
    return this.#table.read(slot)
  }

  /** Writes the record, whatever was there. */
  set(id: string, record: SessionRecord, options: WriteOptions): void {
    const now = this.#now()
    const slot = this.#findLive(id, now)
    if (slot === NONE) this.#add(id, record, now, options.ttl)
    else this.#write(slot, id, record, now, options.ttl)
  }

  /** Writes a record under an id that is free; `false` when a live record is already there. */
  create(id: string, record: SessionRecord, options: WriteOptions): boolean {
    const now = this.#now()
    if (this.#findLive(id, now) !== NONE) return false
    this.#add(id, record, now, options.ttl)
    return true
  }

  /** Writes over a live record of exactly `options.revision`. */
  replace(id: string, record: SessionRecord, options: ReplaceOptions): ReplaceOutcome {
    const now = this.#now()
    const slot = this.#findLive(id, now)
    if (slot === NONE) return 'missing'
    if (this.#table.revision(slot) !== options.revision) return 'conflict'
    this.#write(slot, id, record, now, options.ttl)
    return 'written'
  }

  /** Extends a live record; `false` when there is none. With a ttl of zero or less the record ends. */
  touch(id: string, options: TouchOptions): boolean {
    const now = this.#now()
    const slot = this.#findLive(id, now)
    if (slot === NONE) return false
    if (options.ttl > 0) {
      this.#table.touch(slot, options.touchedAt, options.expiresAt, now + options.ttl)
      this.#lastUse.note(slot)
    } else {
      this.#endLive(slot)
    }
    return true
  }

  /** Removes the record. A missing one is not an error. */
  destroy(id: string): void {
    const slot = this.#findLive(id, this.#now())
    if (slot !== NONE) this.#endLive(slot)
  }

  /** Gives the live records of one user. */
  listByUser(user: string): SessionRecord[] {
    const now = this.#now()
    const live = this.#users.slots(user).filter((slot) => this.#table.deadline(slot) > now)
    return live.map((slot) => this.#table.read(slot))
  }

  /** Removes all records of one user but `except`, and tells how many live ones they were. */
  destroyByUser(user: string, options: { except?: string } = {}): number {
    const now = this.#now()
    let removed = 0
    for (const slot of this.#users.slots(user)) {
      if (this.#table.key(slot) === options.except) continue
      if (this.#table.deadline(slot) > now) {
        removed++
        this.#endLive(slot)
      } else this.#remove(slot)
    }
    return removed
  }

  /**
   * Walks all live records, a page at a time. A page may be empty before the last one.
   * @param options.limit - How many records a page holds at most. Default 100.
   * @throws {RangeError} the cursor is not one that this method gave.
   */
  entries(options: { cursor?: string; limit?: number } = {}): RecordPage {
    const { cursor = '0', limit = DEFAULT_PAGE_LIMIT } = options
    if (!/^\d{1,10}$/.test(cursor))
      throw new RangeError('entries: the cursor is not one that this store gave.')
    const now = this.#now()
    const first = Number(cursor)
    const end = Math.min(this.#table.top, first + PAGE_SLOTS)
    const records: SessionRecord[] = []
    // A record keeps its slot for life, so slots are what a walk can go by while others write.
    let slot = this.#table.findLive(first, end, now)
    while (slot !== NONE) {
      records.push(this.#table.read(slot))
      if (records.length >= limit) return { records, cursor: String(slot + 1) }
      slot = this.#table.findLive(slot + 1, end, now)
    }
    return end < this.#table.top ? { records, cursor: String(end) } : { records }
  }

  /** Counts live records, exactly: some 5 ms per million. */
  count(): number {
    return this.#table.countLive(this.#now())
  }

  /** Calls `listener` with the id of each live record that was dropped for want of room. */
  onEvict(listener: (id: string) => void): void {
    this.#evictListeners.push(listener)
  }

  /** Stops the sweep for good. The store still answers, so that requests in flight can end. */
  dispose(): void {
    this.#timer.stop()
  }

  #findLive(id: string, now: number): number {
    const slot = this.#ids.get(id)
    if (slot === NONE) return NONE
    if (this.#table.deadline(slot) > now) return slot
    this.#remove(slot)
    return NONE
  }

  #add(id: string, record: SessionRecord, now: number, ttl: number): void {
    // Not `ttl <= 0`: a ttl that is not a number must not make a record that never ends.
    if (!(ttl > 0)) return
    const slot = this.#table.add(id, record, now + ttl)
    this.#ids.add(id, slot)
    this.#users.add(record.user, slot)
    this.#lastUse.note(slot)
    this.#timer.wake(now)
    if (this.#table.used > this.#maxSessions) this.#evict(this.#lastUse.longestUnused())
  }

  #write(slot: number, id: string, record: SessionRecord, now: number, ttl: number): void {
    if (!(ttl > 0)) {
      this.#endLive(slot)
      return
    }
    const user = this.#table.text(slot, TEXT.user)
    if (user !== record.user) {
      this.#users.remove(user, slot)
      this.#users.add(record.user, slot)
    }
    this.#table.write(slot, id, record, now + ttl)
    this.#lastUse.note(slot)
  }

  #endLive(slot: number): void {
    this.#ended.note(this.#table.key(slot))
    this.#remove(slot)
  }

  #remove(slot: number): void {
    this.#ids.remove(slot)
    this.#users.remove(this.#table.text(slot, TEXT.user), slot)
    this.#table.remove(slot)
  }

  #evict(slot: number): void {
    const id = this.#table.key(slot)
    const wasLive = this.#table.deadline(slot) > this.#now()
    if (wasLive) this.#ended.note(id)
    this.#remove(slot)
    if (wasLive) for (const listener of this.#evictListeners) listener(id)
  }

  #sweepSlice(): SweepProgress {
    const now = this.#now()
    const end = Math.min(this.#table.top, this.#sweepSlot + SLICE_SLOTS)
    for (let removals = 0; removals < SLICE_REMOVALS; removals++) {
      const slot = this.#table.findExpired(this.#sweepSlot, end, now)
      if (slot === NONE) {
        this.#sweepSlot = end
        break
      }
      this.#remove(slot)
      this.#sweepSlot = slot + 1
    }
    if (this.#sweepSlot < this.#table.top) return 'more'
    this.#sweepSlot = 0
    this.#table.dropEmptyPages()
    return this.#table.used === 0 ? 'empty' : 'over'
  }
}
