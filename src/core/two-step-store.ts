import type { Awaitable } from './awaitable.ts'
import { type Begin, type Deed, LateWrites } from './late-writes.ts'
import { PatientTimer } from './patient-timer.ts'
import type { SessionRecord } from './record.ts'
import type {
  ConditionalStore,
  ReplaceOptions,
  ReplaceOutcome,
  SessionStore,
  TouchOptions,
  WriteOptions,
} from './store.ts'
import { TimeOver } from './time-over.ts'
import { MOST_WAITING, Turns } from './turns.ts'

// By the finer clock a timer may go off up to a millisecond early: the request can have its error before `end`.
const TIMER_SLACK_MS = 2

/** One caller's time alone with a record, which ends whether or not the caller is done. */
interface TimedTurn {
  /** Whether the time is over, and others have their turn. */
  readonly over: boolean
  /** Notes what is written from here on, which is late when the time is over before it is done. */
  readonly write: Begin
  /** Does the same, and refuses when the time is over: the request has had its error, and nothing may be written after it. */
  readonly writeInTime: Begin
}

/** What others wait for, so long at most: on Workers the promise of a request that was broken off may never end. */
interface UnderWay<T> {
  readonly ended: Promise<T>
  /** When nobody waits for it any more. */
  readonly until: number
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
  readonly #turns: Turns
  readonly #late = new LateWrites()
  /** Ends of records that have not begun. */
  readonly #ending = new Map<string, UnderWay<void>>()
  /** The turns under way. */
  readonly #busy = new Set<UnderWay<void>>()
  /** The end of a user's sessions, which turns that have not begun wait for. */
  #revoking: UnderWay<unknown> | null = null

  /** @param timeout - Milliseconds after which a write that has not come to its second step never does. */
  constructor(store: SessionStore, timeout: number) {
    this.#store = store
    this.#timeout = timeout
    this.#turns = new Turns(timeout, crowded)
    if (store.listByUser) this.listByUser = store.listByUser.bind(store)
    if (store.destroyByUser) {
      const end = store.destroyByUser.bind(store)
      this.destroyByUser = (user, options) => this.#revoke(user, options?.except, () => end(user, options))
    }
  }

  get(id: string): Awaitable<SessionRecord | null> {
    const account = this.#late.accountOf(id)
    return account === undefined ? this.#store.get(id) : this.#getBesideLate(id, account)
  }

  async #getBesideLate(id: string, account: object): Promise<SessionRecord | null> {
    const stored = await this.#store.get(id)
    // Closed meanwhile: this may be what came late, and has been set right since.
    if (this.#late.accountOf(id) !== account) return this.get(id)
    if (!stored || this.#late.counts(id, stored)) return stored
    return this.#inTurn(id, false, (turn) => this.#stored(id, turn))
  }

  set(id: string, record: SessionRecord, options: WriteOptions): Awaitable<void> {
    return this.#store.set(id, record, options)
  }

  destroy(id: string): Awaitable<void> {
    const waiting = this.#ending.get(id)
    const until = performance.now() + this.#timeout
    if (waiting !== undefined && performance.now() < waiting.until)
      return this.#joinEnd(id, waiting.ended, until)
    let begun = false
    const ended = this.#inTurn(id, true, (turn) => {
      begun = true
      this.#ending.delete(id)
      return this.#end(id, turn, turn.write)
    })
    // One does for all who come until it begins, however many they are.
    if (!begun) this.#ending.set(id, { ended, until })
    return ended
  }

  /** Waits for an end that another has asked for. It came sooner, so that its time may be over before that of who joins it. */
  #joinEnd(id: string, ended: Promise<void>, until: number): Promise<void> {
    return ended.catch((error: unknown) => {
      if (error instanceof TimeOver && performance.now() < until) return this.destroy(id)
      throw error
    })
  }

  create(id: string, record: SessionRecord, options: WriteOptions): Awaitable<boolean> {
    if (this.#store.create) return this.#store.create(id, record, options)
    return this.#inTurn(id, false, async (turn) => {
      if (await this.#stored(id, turn)) return false
      await this.#write(id, record, options, turn)
      return true
    })
  }

  replace(id: string, record: SessionRecord, options: ReplaceOptions): Awaitable<ReplaceOutcome> {
    if (this.#store.replace) return this.#store.replace(id, record, options)
    return this.#inTurn(id, options.ttl <= 0, async (turn) => {
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
    return this.#inTurn(id, false, async (turn) => {
      const stored = await this.#stored(id, turn)
      if (!stored) return false
      const { revision } = stored
      const touched = { ...stored, touchedAt, expiresAt }
      if (!this.#store.replace) {
        await this.#write(id, touched, { ttl }, turn)
        return true
      }
      turn.writeInTime(new WriteDeed(this.#store, this.#late.begin(), id, touched, ttl))
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
  #inTurn<T>(id: string, ends: boolean, work: (turn: TimedTurn) => Promise<T>): Promise<T> {
    const end = performance.now() + this.#timeout - TIMER_SLACK_MS
    let over = false
    let deed: Deed | null = null
    const turn: TimedTurn = {
      get over() {
        return over
      },
      write: (begun) => {
        deed = begun
      },
      writeInTime: (begun) => {
        // The timer may go off before that, by a part of a millisecond.
        if (over || performance.now() >= end) throw new TimeOver()
        deed = begun
      },
    }
    return new Promise((resolve, reject) => {
      const take = async (): Promise<void> => {
        const done = work(turn)
        const settled = await settledOrOver(done, end - performance.now())
        if (settled) return void done.then(resolve, reject)
        over = true
        if (deed !== null) this.#late.add(id, done, deed, () => this.#setRight(id))
        // Others have their turn, and one may have read what it is about to write over: it is not told as done, however soon it is.
        setTimeout(() => done.then(() => reject(new TimeOver()), reject), 2 * TIMER_SLACK_MS)
      }
      this.#turns.take(id, () => this.#notWhileRevoking(take), ends).catch(reject)
    })
  }

  async #notWhileRevoking(turn: () => Promise<void>): Promise<void> {
    while (this.#revoking !== null) await this.#after(this.#revoking)
    const ended = turn()
    const busy = { ended, until: performance.now() + this.#timeout }
    this.#busy.add(busy)
    await ended.finally(() => this.#busy.delete(busy))
  }

  async #after(revoking: UnderWay<unknown>): Promise<void> {
    await endOrOver(revoking)
    if (this.#revoking === revoking) this.#revoking = null
  }

  /** Ends a user's sessions while no write of anybody is between its two steps, so that none brings one back. */
  async #revoke(user: string, except: string | undefined, end: () => Awaitable<number>): Promise<number> {
    const until = performance.now() + this.#timeout - TIMER_SLACK_MS
    while (this.#revoking !== null) {
      await this.#after(this.#revoking)
      // Not in its place at once: writes that have waited for it go before.
      await new Promise((resolve) => setTimeout(resolve))
    }
    if (performance.now() >= until) throw new TimeOver()
    const revoked = this.#endAll(user, except, end, until)
    const ended = settledOrOver(revoked, until - performance.now())
    const revoking: UnderWay<unknown> = { until, ended }
    ended.then(() => {
      if (this.#revoking === revoking) this.#revoking = null
    })
    this.#revoking = revoking
    const removed = await revoked
    // Others have their turn since, and one may have read what has ended now.
    if (!(await ended) || performance.now() >= until) throw new TimeOver()
    return removed
  }

  async #endAll(
    user: string,
    except: string | undefined,
    end: () => Awaitable<number>,
    until: number,
  ): Promise<number> {
    await Promise.all(Array.from(this.#busy, (busy) => this.#leaveBehind(busy)))
    const late = this.#late.ofUser(user, except)
    const removed = await end()
    if (late === null) return removed
    await late
    // Told as failed by then, it ends nothing that has begun since.
    if (performance.now() >= until) throw new TimeOver()
    return removed + (await end())
  }

  /** Waits for a turn, and forgets one that has not ended in its time: nothing is written after it. */
  async #leaveBehind(busy: UnderWay<void>): Promise<void> {
    await endOrOver(busy)
    this.#busy.delete(busy)
  }

  #setRight(id: string): Promise<unknown> {
    return this.#inTurn(id, false, (turn) => this.#stored(id, turn))
  }

  /** Gives the record as it was left here. What came late over that is set right first. */
  async #stored(id: string, turn: TimedTurn): Promise<SessionRecord | null> {
    const stored = await this.#store.get(id)
    return stored ? this.#late.setRight(id, stored, turn.writeInTime) : null
  }

  async #write(id: string, record: SessionRecord, { ttl }: WriteOptions, turn: TimedTurn): Promise<void> {
    if (ttl <= 0) return this.#end(id, turn, turn.writeInTime)
    const begun = this.#late.begin()
    const revision = this.#late.revisionOver(id, record.revision)
    const next = revision === record.revision ? record : { ...record, revision }
    const written = new WriteDeed(this.#store, begun, id, next, ttl)
    turn.writeInTime(written)
    await written.run()
    this.#late.supersede(id, written, turn.over)
  }

  async #end(id: string, turn: TimedTurn, begin: Begin): Promise<void> {
    const ended = new EndDeed(this.#store, this.#late.begin(), id)
    begin(ended)
    // Before it is done too: its own answer may be late, and a late write come first.
    this.#late.supersede(id, ended, false)
    await ended.run()
    const late = this.#late.supersede(id, ended, turn.over)
    if (late === null || turn.over) return
    // Answered before, the session could come back with a write that is still under way.
    await late
    await ended.run()
  }
}

/** A record that is written. */
class WriteDeed implements Deed {
  readonly begun: number
  readonly record: SessionRecord
  readonly #store: SessionStore
  readonly #id: string
  readonly #ttl: number

  constructor(store: SessionStore, begun: number, id: string, record: SessionRecord, ttl: number) {
    this.begun = begun
    this.record = record
    this.#store = store
    this.#id = id
    this.#ttl = ttl
  }

  under(revision: number): WriteDeed {
    return new WriteDeed(this.#store, this.begun, this.#id, { ...this.record, revision }, this.#ttl)
  }

  async run(): Promise<void> {
    await this.#store.set(this.#id, this.record, { ttl: this.#ttl })
  }
}

/** A record that is ended. */
class EndDeed implements Deed {
  readonly begun: number
  readonly record = null
  readonly #store: SessionStore
  readonly #id: string

  constructor(store: SessionStore, begun: number, id: string) {
    this.begun = begun
    this.#store = store
    this.#id = id
  }

  under(): EndDeed {
    return this
  }

  async run(): Promise<void> {
    await this.#store.destroy(this.#id)
  }
}

function crowded(id: string): Error {
  return new Error(`${MOST_WAITING} calls of this process wait already for the session ${id}.`)
}

/** Waits for something to end, as long as anybody waits for it, by a timer of one's own. */
async function endOrOver({ ended, until }: UnderWay<unknown>): Promise<void> {
  await settledOrOver(ended, until - performance.now())
}

/** Waits for work to end, so long at most. Answers whether it has. */
function settledOrOver(work: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    // Whose turn came too late has none of its time left.
    const timer = new PatientTimer(() => resolve(false), Math.max(0, ms))
    const settled = (): void => {
      timer.end()
      resolve(true)
    }
    work.then(settled, settled)
  })
}
