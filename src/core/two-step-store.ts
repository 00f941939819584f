import type { Awaitable } from './awaitable.ts'
import { type Begin, type Deed, LateWrites } from './late-writes.ts'
import type { SessionRecord } from './record.ts'
import type {
  ConditionalStore,
  ReplaceOptions,
  ReplaceOutcome,
  SessionStore,
  TouchOptions,
  WriteOptions,
} from './store.ts'
import { Turns } from './turns.ts'

// By the finer clock a timer may go off up to a millisecond early: the request can have its error before `end`.
const TIMER_SLACK_MS = 2

/** One caller's time alone with a record. */
interface Turn {
  /** Whether the time is over, and others have their turn. */
  readonly over: boolean
  /** Notes what is written from here on, which is late when the time is over before it is done. */
  readonly write: Begin
  /** Does the same, and refuses when the time is over: the request has had its error, and nothing may be written after it. */
  readonly writeInTime: Begin
}

/**
 * Does in two steps what a basic store cannot do in one: one caller of a record at a time, and none while a user's
 * sessions are being ended.
 */
export class TwoStepStore implements ConditionalStore {
  readonly listByUser?: NonNullable<SessionStore['listByUser']>
  readonly destroyByUser?: NonNullable<SessionStore['destroyByUser']>
  readonly #store: SessionStore
  readonly #timeout: number
  readonly #turns = new Turns()
  readonly #late = new LateWrites()
  /** The turns under way. */
  readonly #busy = new Set<Promise<void>>()
  /** What turns that have not begun wait for. */
  #revoking: Promise<unknown> | null = null

  /** @param timeout - Milliseconds after which a write that has not come to its second step never does. */
  constructor(store: SessionStore, timeout: number) {
    this.#store = store
    this.#timeout = timeout
    if (store.listByUser) this.listByUser = store.listByUser.bind(store)
    if (store.destroyByUser) {
      const end = store.destroyByUser.bind(store)
      this.destroyByUser = (user, options) => this.#revoke(user, () => end(user, options))
    }
  }

  get(id: string): Awaitable<SessionRecord | null> {
    // What has ended here is not there, though a late write has brought it back for a while.
    return this.#late.latestOf(id)?.record === null ? null : this.#store.get(id)
  }

  set(id: string, record: SessionRecord, options: WriteOptions): Awaitable<void> {
    return this.#store.set(id, record, options)
  }

  destroy(id: string): Awaitable<void> {
    return this.#inTurn(id, (turn) => {
      turn.write(null)
      return this.#end(id, turn)
    })
  }

  create(id: string, record: SessionRecord, options: WriteOptions): Awaitable<boolean> {
    if (this.#store.create) return this.#store.create(id, record, options)
    return this.#inTurn(id, async (turn) => {
      if (await this.#stored(id, turn)) return false
      await this.#write(id, record, options, turn)
      return true
    })
  }

  replace(id: string, record: SessionRecord, options: ReplaceOptions): Awaitable<ReplaceOutcome> {
    if (this.#store.replace) return this.#store.replace(id, record, options)
    return this.#inTurn(id, async (turn) => {
      const stored = await this.#stored(id, turn)
      if (!stored) return 'missing'
      if (stored.revision !== options.revision) return 'conflict'
      await this.#write(id, record, options, turn)
      return 'written'
    })
  }

  touch(id: string, options: TouchOptions): Awaitable<boolean> {
    if (this.#store.touch) return this.#store.touch(id, options)
    const { touchedAt, expiresAt, ttl } = options
    return this.#inTurn(id, async (turn) => {
      const stored = await this.#stored(id, turn)
      if (!stored) return false
      const { revision } = stored
      const touched = { ...stored, touchedAt, expiresAt }
      if (!this.#store.replace) {
        await this.#write(id, touched, { ttl }, turn)
        return true
      }
      turn.writeInTime(touched)
      // Through the store's own condition where it has one: somebody who wrote in between has touched it as well.
      return (await this.#store.replace(id, touched, { ttl, revision })) !== 'missing'
    })
  }

  dispose(): Awaitable<void> {
    return this.#store.dispose?.()
  }

  onEvict(listener: (id: string) => void): void {
    this.#store.onEvict?.(listener)
  }

  /** Runs `work` when it is its turn, and lets the next one have it when the time is over, whatever `work` does. */
  #inTurn<T>(id: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    const end = performance.now() + this.#timeout - TIMER_SLACK_MS
    let over = false
    let written: SessionRecord | null | undefined
    const turn: Turn = {
      get over() {
        return over
      },
      write: (record) => {
        written = record
      },
      writeInTime: (record) => {
        // The timer may go off before that, by a part of a millisecond.
        if (over || performance.now() >= end)
          throw new Error('The time for an answer was over before the second step.')
        written = record
      },
    }
    return new Promise((resolve, reject) => {
      const take = async (): Promise<void> => {
        const done = work(turn)
        const settled = await settledOrOver(done, end - performance.now())
        if (settled) return void done.then(resolve, reject)
        over = true
        if (written !== undefined)
          this.#late.add(id, done, written, (redo) => this.#inTurn(id, ({ write }) => redo(write)))
        // Others have their turn: in what is left of the request's time, it must not be told as done.
        setTimeout(() => done.then(resolve, reject), 2 * TIMER_SLACK_MS)
      }
      this.#turns.take(id, () => this.#notWhileRevoking(take)).catch(reject)
    })
  }

  async #notWhileRevoking(turn: () => Promise<void>): Promise<void> {
    while (this.#revoking !== null) await this.#revoking
    const busy = turn()
    this.#busy.add(busy)
    await busy.finally(() => this.#busy.delete(busy))
  }

  /** Ends a user's sessions while no write of anybody is between its two steps, so that none brings one back. */
  #revoke(user: string, end: () => Awaitable<number>): Promise<number> {
    const before = this.#revoking
    const revoke = async (): Promise<number> => {
      await before
      await Promise.allSettled(this.#busy)
      const late = this.#late.revoke(user)
      const removed = await end()
      if (late === null) return removed
      await late
      return removed + (await end())
    }
    const revoked = revoke()
    const over = settledOrOver(revoked, this.#timeout).then(() => {
      if (this.#revoking === over) this.#revoking = null
    })
    this.#revoking = over
    return revoked
  }

  /** Gives the record as it was left here. What came late over that is set right first. */
  async #stored(id: string, turn: Turn): Promise<SessionRecord | null> {
    const stored = await this.#store.get(id)
    if (!stored || !this.#late.isLate(id, stored)) return stored
    await this.#late.repeat(id, turn.writeInTime)
    return this.#late.latestOf(id)?.record ?? null
  }

  async #write(id: string, record: SessionRecord, { ttl }: WriteOptions, turn: Turn): Promise<void> {
    if (ttl <= 0) {
      turn.writeInTime(null)
      return this.#end(id, turn)
    }
    const begun = this.#late.begin()
    const revision = this.#late.revisionOver(id, record.revision)
    const written = new Written(
      this.#store,
      id,
      revision === record.revision ? record : { ...record, revision },
      ttl,
    )
    await written.run(turn.writeInTime)
    // Late itself, it is not what was done last.
    if (!turn.over) this.#late.supersede(id, written, begun)
  }

  async #end(id: string, turn: Turn): Promise<void> {
    const begun = this.#late.begin()
    const ended: Deed = {
      record: null,
      again: async (begin) => {
        begin(null)
        await this.#store.destroy(id)
      },
    }
    await this.#store.destroy(id)
    const late = this.#late.supersede(id, ended, begun)
    if (late === null || turn.over) return
    // Answered before, the session could come back with a write that is still under way.
    await late
    await this.#store.destroy(id)
  }
}

/** A record that was written. */
class Written implements Deed {
  readonly #store: SessionStore
  readonly #id: string
  readonly #ttl: number
  #record: SessionRecord

  constructor(store: SessionStore, id: string, record: SessionRecord, ttl: number) {
    this.#store = store
    this.#id = id
    this.#record = record
    this.#ttl = ttl
  }

  get record(): SessionRecord {
    return this.#record
  }

  async run(begin: Begin): Promise<void> {
    begin(this.#record)
    await this.#store.set(this.#id, this.#record, { ttl: this.#ttl })
  }

  again(begin: Begin, revision: number): Promise<void> {
    this.#record = { ...this.#record, revision }
    return this.run(begin)
  }
}

/** Waits for work to end, so long at most. Answers whether it has. */
function settledOrOver(work: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    const settled = (): void => {
      clearTimeout(timer)
      resolve(true)
    }
    work.then(settled, settled)
  })
}
