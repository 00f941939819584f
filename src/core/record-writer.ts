import { type Awaitable, then } from './awaitable.ts'
import { type DataObject, readData, writeData } from './data-text.ts'
import { StoreError } from './errors.ts'
import type { EventHub } from './events.ts'
import { expiresAt, expiryOf } from './expiry.ts'
import type { Policy } from './policy.ts'
import { isRecordOf, type SessionRecord } from './record.ts'
import type { ReplaceOutcome } from './store.ts'
import type { StoreAccess } from './store-access.ts'
import { Turns } from './turns.ts'

/** What a change to newest data asks for: to be written, or to be left because it must go another way. */
export type Change = (data: DataObject) => Awaitable<'write' | 'leave'>

const MAX_ATTEMPTS = 200
const ATTEMPTS_WITHOUT_PAUSE = 3
const LONGEST_PAUSE_MS = 50

/**
 * Carries decisions out on the store so that no update is lost and nothing dead comes back: every write is
 * conditional on what it was made from, and goes again on top of what others wrote meanwhile.
 *
 * Methods answer `null` when the record had ended; nothing is written then.
 */
export class RecordWriter {
  readonly #access: StoreAccess
  readonly #policy: Policy
  readonly #events: EventHub
  readonly #turns = new Turns()

  constructor(access: StoreAccess, policy: Policy, events: EventHub) {
    this.#access = access
    this.#policy = policy
    this.#events = events
  }

  /** Writes the first record of a session. */
  create(id: string, text: string, user: string | undefined, createdAt: number): Awaitable<SessionRecord> {
    const now = this.#policy.now()
    const expires = expiresAt(createdAt, now, this.#policy)
    const record: SessionRecord = {
      id,
      data: text,
      revision: 1,
      createdAt,
      touchedAt: now,
      expiresAt: expires,
    }
    if (user !== undefined) record.user = user
    return then(this.#access.create(record, { ttl: expires - now }), (free) => {
      if (!free) throw this.#taken(id)
      return record
    })
  }

  /**
   * Writes changed data over the record it was made from.
   * @param change - Makes the same changes to newer data, when somebody else has written meanwhile.
   */
  replace(base: SessionRecord, text: string, change: Change): Awaitable<SessionRecord | null> {
    const record = this.#successor(base, text)
    return then(this.#put(record, base.revision), (outcome) => {
      if (outcome === 'written') return record
      if (outcome === 'missing') return null
      this.#events.emit('conflict', { id: base.id, attempt: 1 })
      return this.rewrite(base.id, change)
    })
  }

  /** Reads the newest data, changes it and writes it, again and again until nobody wrote in between. */
  rewrite(id: string, change: Change): Promise<SessionRecord | null> {
    return this.#turns.take(id, async () => {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const newest = await this.#live(id)
        if (newest === null) return null
        const { record, data } = newest
        if ((await change(data)) === 'leave') return record
        const text = writeData(data, this.#policy.maxBytes)
        if (text === record.data) return record
        const next = this.#successor(record, text)
        const outcome = await this.#put(next, record.revision)
        if (outcome === 'written') return next
        if (outcome === 'missing') return null
        await this.#conflict(id, attempt)
      }
      throw this.#contended(id)
    })
  }

  /**
   * Puts `fresh`, a record under a new id, in the place of `base`.
   *
   * The new record is made first, so that a failure leaves the old session valid. Ending the old one is
   * conditional, so that of several parallel moves exactly one wins; the others take their record back.
   * @param rebase - Gives the new record's text from newer data of the old one.
   */
  move(
    base: SessionRecord,
    fresh: { id: string; text: string; user: string | undefined; createdAt: number },
    rebase: (data: DataObject) => string,
  ): Awaitable<SessionRecord | null> {
    return then(this.create(fresh.id, fresh.text, fresh.user, fresh.createdAt), (record) =>
      then<ReplaceOutcome, SessionRecord | null>(this.#end(base), (outcome) => {
        if (outcome === 'written') return record
        return outcome === 'missing' ? this.#takeBack(record) : this.#follow(base.id, record, rebase)
      }),
    )
  }

  /** Extends a record's life and writes nothing else. Answers whether it still lives. */
  touch(base: SessionRecord, now: number): Awaitable<boolean> {
    const expires = expiresAt(base.createdAt, now, this.#policy)
    return this.#access.touch(base.id, { touchedAt: now, expiresAt: expires, ttl: expires - now })
  }

  /** Removes a record, whatever its revision. */
  destroy(id: string): Awaitable<void> {
    return this.#access.destroy(id)
  }

  /** Somebody wrote the old record while it was being moved: take their changes along, then end it. */
  #follow(
    oldId: string,
    first: SessionRecord,
    rebase: (data: DataObject) => string,
  ): Promise<SessionRecord | null> {
    return this.#turns.take(oldId, async () => {
      let fresh = first
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        await this.#conflict(oldId, attempt)
        const newest = await this.#live(oldId)
        if (newest === null) return this.#takeBack(fresh)
        const next = this.#successor(fresh, rebase(newest.data))
        if (next.data !== fresh.data) {
          if ((await this.#put(next, fresh.revision)) !== 'written') return null
          fresh = next
        }
        const outcome = await this.#end(newest.record)
        if (outcome === 'written') return fresh
        if (outcome === 'missing') return this.#takeBack(fresh)
      }
      throw this.#contended(oldId)
    })
  }

  #takeBack(record: SessionRecord): Awaitable<null> {
    return then(this.#access.destroy(record.id), () => null)
  }

  #put(record: SessionRecord, revision: number): Awaitable<ReplaceOutcome> {
    return this.#access.replace(record, { ttl: record.expiresAt - this.#policy.now(), revision })
  }

  #end(record: SessionRecord): Awaitable<ReplaceOutcome> {
    return this.#access.replace(record, { ttl: 0, revision: record.revision })
  }

  #successor(base: SessionRecord, text: string): SessionRecord {
    const now = this.#policy.now()
    return {
      ...base,
      data: text,
      revision: base.revision + 1,
      touchedAt: now,
      expiresAt: expiresAt(base.createdAt, now, this.#policy),
    }
  }

  async #live(id: string): Promise<{ record: SessionRecord; data: DataObject } | null> {
    const stored = await this.#access.get(id)
    if (!isRecordOf(stored, id) || expiryOf(stored, this.#policy, this.#policy.now()) !== null) return null
    const data = readData(stored.data, this.#policy.maxBytes)
    return data === null ? null : { record: stored, data }
  }

  async #conflict(id: string, attempt: number): Promise<void> {
    this.#events.emit('conflict', { id, attempt })
    if (attempt <= ATTEMPTS_WITHOUT_PAUSE) return
    // Within this process writers take turns, so whoever is in the way is in another one: step aside.
    const pause = Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** (attempt - ATTEMPTS_WITHOUT_PAUSE))
    await new Promise((resolve) => setTimeout(resolve, pause))
  }

  #taken(id: string): StoreError {
    return new StoreError(
      'ERR_STORE_CONFLICT',
      `A record is already there under the new session id ${id}. Nothing was overwritten; send the request again.`,
      { store: this.#access.name, operation: 'create' },
    )
  }

  #contended(id: string): StoreError {
    return new StoreError(
      'ERR_STORE_CONFLICT',
      `The session ${id} was written by others ${MAX_ATTEMPTS} times in a row; this change was not saved. Write to one session less often, or keep shared counters elsewhere.`,
      { store: this.#access.name, operation: 'replace' },
    )
  }
}
