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

const ABILITIES = ['create', 'replace', 'touch'] as const

/** Tells whether a store can write on a condition, which P3 and P4 rest on. */
export function isConditional(store: SessionStore): store is ConditionalStore {
  return ABILITIES.every((ability) => typeof store[ability] === 'function')
}

/**
 * Gives any store the abilities the engine speaks to, and says once what it lacks.
 *
 * What a basic store cannot do in one atomic step is done here in two, one caller at a time: as strong as a
 * full store within this process, but another process may write between the two steps.
 */
export function conditionalStore(store: SessionStore): ConditionalStore {
  if (isConditional(store)) return store
  const missing = ABILITIES.filter((ability) => typeof store[ability] !== 'function')
  warn(
    `${nameOf(store)} has no ${missing.join(', ')}: with several processes, parallel requests can lose updates and a logged-out session can come back. Within one process nothing is lost.`,
  )
  return new TwoStepStore(store)
}

/** Names a store for messages. */
export function nameOf(store: SessionStore): string {
  const name = store.constructor?.name
  return name === undefined || name === '' || name === 'Object' ? 'The session store' : name
}

class TwoStepStore implements ConditionalStore {
  readonly #store: SessionStore
  readonly #turns = new Turns()

  constructor(store: SessionStore) {
    this.#store = store
  }

  get(id: string): Awaitable<SessionRecord | null> {
    return this.#store.get(id)
  }

  set(id: string, record: SessionRecord, options: WriteOptions): Awaitable<void> {
    return this.#store.set(id, record, options)
  }

  destroy(id: string): Awaitable<void> {
    return this.#turns.take(id, async () => this.#store.destroy(id))
  }

  create(id: string, record: SessionRecord, options: WriteOptions): Awaitable<boolean> {
    if (this.#store.create) return this.#store.create(id, record, options)
    return this.#turns.take(id, async () => {
      if (await this.#store.get(id)) return false
      await this.#write(id, record, options)
      return true
    })
  }

  replace(id: string, record: SessionRecord, options: ReplaceOptions): Awaitable<ReplaceOutcome> {
    if (this.#store.replace) return this.#store.replace(id, record, options)
    return this.#turns.take(id, async () => {
      const stored = await this.#store.get(id)
      if (!stored) return 'missing'
      if (stored.revision !== options.revision) return 'conflict'
      await this.#write(id, record, options)
      return 'written'
    })
  }

  touch(id: string, options: TouchOptions): Awaitable<boolean> {
    if (this.#store.touch) return this.#store.touch(id, options)
    return this.#turns.take(id, async () => {
      const stored = await this.#store.get(id)
      if (!stored) return false
      const { touchedAt, expiresAt, ttl } = options
      await this.#write(id, { ...stored, touchedAt, expiresAt }, { ttl })
      return true
    })
  }

  async #write(id: string, record: SessionRecord, { ttl }: WriteOptions): Promise<void> {
    if (ttl <= 0) await this.#store.destroy(id)
    else await this.#store.set(id, record, { ttl })
  }
}
