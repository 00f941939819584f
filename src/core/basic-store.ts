import type { Awaitable } from './awaitable.ts'
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
import { warn } from './warning.ts'

// By the finer clock a timer may go off up to a millisecond early: the request can have its error before `end`.
const TIMER_SLACK_MS = 2
const ABILITIES = ['create', 'replace', 'touch'] as const

/** Tells whether a store can write on a condition, which P3 and P4 rest on. */
function isConditional(store: SessionStore): store is ConditionalStore {
  return ABILITIES.every((ability) => typeof store[ability] === 'function')
}

/**
 * Gives any store the abilities the engine speaks to, and says once what it lacks.
 *
 * What a basic store cannot do in one atomic step is done here in two, one caller at a time: as strong as a
 * full store within this process, but another process may write between the two steps.
 *
 * @param timeout - Milliseconds after which a two-step write that has not come to its second step never does.
 */
export function conditionalStore(store: SessionStore, timeout: number): ConditionalStore {
  if (isConditional(store)) return store
  const missing = ABILITIES.filter((ability) => typeof store[ability] !== 'function')
  const index = store.listByUser ? '' : ' It keeps no index of users either: sessions.user() throws.'
  warn(
    `${nameOf(store)} has no ${missing.join(', ')}: with several processes, parallel requests can lose updates and a logged-out session can come back. Within one process nothing is lost.${index}`,
  )
  return new TwoStepStore(store, timeout)
}

/** Names a store for messages. */
export function nameOf(store: SessionStore): string {
  const name = store.constructor?.name
  return name === undefined || name === '' || name === 'Object' ? 'The session store' : name
}

/** Refuses to go on when the time is over: the request has had its error, and nothing may be written after it. */
type Checkpoint = () => void

class TwoStepStore implements ConditionalStore {
  readonly #store: SessionStore
  readonly #timeout: number
  readonly #turns = new Turns()

  constructor(store: SessionStore, timeout: number) {
    this.#store = store
    this.#timeout = timeout
  }

  get(id: string): Awaitable<SessionRecord | null> {
    return this.#store.get(id)
  }

  set(id: string, record: SessionRecord, options: WriteOptions): Awaitable<void> {
    return this.#store.set(id, record, options)
  }

  destroy(id: string): Awaitable<void> {
    return this.#inTurn(id, async () => this.#store.destroy(id))
  }

  create(id: string, record: SessionRecord, options: WriteOptions): Awaitable<boolean> {
    if (this.#store.create) return this.#store.create(id, record, options)
    return this.#inTurn(id, async (checkpoint) => {
      if (await this.#store.get(id)) return false
      checkpoint()
      await this.#write(id, record, options)
      return true
    })
  }

  replace(id: string, record: SessionRecord, options: ReplaceOptions): Awaitable<ReplaceOutcome> {
    if (this.#store.replace) return this.#store.replace(id, record, options)
    return this.#inTurn(id, async (checkpoint) => {
      const stored = await this.#store.get(id)
      if (!stored) return 'missing'
      if (stored.revision !== options.revision) return 'conflict'
      checkpoint()
      await this.#write(id, record, options)
      return 'written'
    })
  }

  touch(id: string, options: TouchOptions): Awaitable<boolean> {
    if (this.#store.touch) return this.#store.touch(id, options)
    const { touchedAt, expiresAt, ttl } = options
    return this.#inTurn(id, async (checkpoint) => {
      const stored = await this.#store.get(id)
      if (!stored) return false
      checkpoint()
      const { revision } = stored
      const touched = { ...stored, touchedAt, expiresAt }
      // Through the store's own condition where it has one: somebody who wrote in between has touched it as well.
      if (this.#store.replace)
        return (await this.#store.replace(id, touched, { ttl, revision })) !== 'missing'
      await this.#write(id, touched, { ttl })
      return true
    })
  }

  /** Runs `work` when it is its turn, and lets the next one have it when the time is over, whatever `work` does. */
  #inTurn<T>(id: string, work: (checkpoint: Checkpoint) => Promise<T>): Promise<T> {
    const end = performance.now() + this.#timeout - TIMER_SLACK_MS
    const checkpoint = (): void => {
      if (performance.now() >= end) throw new Error('The time for an answer was over before the second step.')
    }
    return new Promise((resolve, reject) => {
      const turn = async (): Promise<void> => {
        const done = work(checkpoint)
        done.then(resolve, reject)
        await settledOrOver(done, end - performance.now())
      }
      this.#turns.take(id, turn).catch(reject)
    })
  }

  async #write(id: string, record: SessionRecord, { ttl }: WriteOptions): Promise<void> {
    if (ttl <= 0) await this.#store.destroy(id)
    else await this.#store.set(id, record, { ttl })
  }
}

function settledOrOver(work: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const settled = (): void => {
      clearTimeout(timer)
      resolve()
    }
    work.then(settled, settled)
  })
}
