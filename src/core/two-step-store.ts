import type { Awaitable } from './awaitable.ts'
import { LateWrites } from './late-writes.ts'
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
  /** Notes that something is written from here on, which is late when the time is over before it is done. */
  write(): void
  /** Does the same, and refuses when the time is over: the request has had its error, and nothing may be written after it. */
  writeInTime(): void
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
    return this.#store.get(id)
  }

  set(id: string, record: SessionRecord, options: WriteOptions): Awaitable<void> {
    return this.#store.set(id, record, options)
  }

  destroy(id: string): Awaitable<void> {
    const destroy = async (): Promise<void> => this.#store.destroy(id)
    return this.#inTurn(id, async (turn) => {
      const begun = this.#late.begin()
      turn.write()
      await destroy()
      const late = this.#late.supersede(id, { run: destroy, user: undefined }, begun)
      if (late === null || turn.over) return
      // Answered before, the session could come back with a write that is still under way.
      await late
      await destroy()
    })
  }

  create(id: string, record: SessionRecord, options: WriteOptions): Awaitable<boolean> {
    if (this.#store.create) return this.#store.create(id, record, options)
    return this.#inTurn(id, async (turn) => {
      if (await this.#store.get(id)) return false
      turn.writeInTime()
      await this.#write(id, record, options)
      return true
    })
  }

  replace(id: string, record: SessionRecord, options: ReplaceOptions): Awaitable<ReplaceOutcome> {
    if (this.#store.replace) return this.#store.replace(id, record, options)
    return this.#inTurn(id, async (turn) => {
      const stored = await this.#store.get(id)
      if (!stored) return 'missing'
      if (stored.revision !== options.revision) return 'conflict'
      turn.writeInTime()
      await this.#write(id, record, options)
      return 'written'
    })
  }

  touch(id: string, options: TouchOptions): Awaitable<boolean> {
    if (this.#store.touch) return this.#store.touch(id, options)
    const { touchedAt, expiresAt, ttl } = options
    return this.#inTurn(id, async (turn) => {
      const stored = await this.#store.get(id)
      if (!stored) return false
      turn.writeInTime()
      const { revision } = stored
      const touched = { ...stored, touchedAt, expiresAt }
      // Through the store's own condition where it has one: somebody who wrote in between has touched it as well.
      if (this.#store.replace)
        return (await this.#store.replace(id, touched, { ttl, revision })) !== 'missing'
      await this.#write(id, touched, { ttl })
      return true
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
    let [over, writing] = [false, false]
    const turn: Turn = {
      get over() {
        return over
      },
      write: () => {
        writing = true
      },
      writeInTime: () => {
        if (performance.now() >= end)
          throw new Error('The time for an answer was over before the second step.')
        writing = true
      },
    }
    return new Promise((resolve, reject) => {
      const take = async (): Promise<void> => {
        const done = work(turn)
        const settled = await settledOrOver(done, end - performance.now())
        if (settled) return void done.then(resolve, reject)
        over = true
        if (writing) this.#late.add(id, done, (redo) => this.#inTurn(id, ({ write }) => redo(write)))
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

  async #write(id: string, record: SessionRecord, { ttl }: WriteOptions): Promise<void> {
    let { revision } = record
    const run = async (): Promise<void> =>
      ttl <= 0 ? this.#store.destroy(id) : this.#store.set(id, { ...record, revision }, { ttl })
    const runAgain = (): Promise<void> => {
      // Who has read what came late meanwhile would take it for this one.
      revision++
      return run()
    }
    const supersede = this.#late.superseding(id)
    await run()
    supersede?.({ run: runAgain, user: record.user })
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
