import { type Awaitable, andThen, onFailure } from './awaitable.ts'
import { type DataObject, EMPTY_TEXT, readData, writeData } from './data-text.ts'
import type { Answerable } from './decide.ts'
import { LONGEST_CHANGE_MS } from './draft-change.ts'
import { isSessionError } from './errors.ts'
import type { EventHub } from './events.ts'
import { expiresAt, expiryOf } from './expiry.ts'
import type { LoadedSession } from './loaded-session.ts'
import type { Policy } from './policy.ts'
import { isRecordOf, type SessionRecord } from './record.ts'
import { fitOf } from './schema-fit.ts'
import type { ReplaceOutcome } from './store.ts'
import type { StoreAccess } from './store-access.ts'
import { ownText } from './text-part.ts'
import { createToken, sessionIdOf } from './ticket.ts'
import { type Turn, Turns } from './turns.ts'
import { contendedError, crowdedError, inDoubtError, takenError } from './write-errors.ts'

/** Makes what is to be saved from newer data. May change what it is given, and may run several times. */
export type Change = (newest: DataObject) => Awaitable<DataObject>

/** A record as it was written. */
export interface Written {
  readonly record: SessionRecord
  /** What a schema makes of its data, where the data had to be made anew; else `undefined`. */
  readonly data: DataObject | undefined
  /** The token of its id, where that had to be another one than was asked for; else `undefined`. */
  readonly token?: string | undefined
}

/** What became of a write that had to go on top of others'. */
export type Rewritten =
  | ({ outcome: 'written' } & Written)
  | ({ outcome: 'moved'; token: string } & Written)
  | { outcome: 'gone' }
  | { outcome: 'unmovable' }

/** What became of a record of which nothing was to go on: where somebody has written meanwhile, what was put in its place. */
export type Left = Written | 'ended' | 'gone'

/** Data as it is to be saved, and whom it belongs to. */
export interface Draft {
  text: string
  user: string | undefined
  /** What a schema makes of the text; `undefined` where none was asked. */
  data?: DataObject | undefined
}

const MAX_ATTEMPTS = 200
const ATTEMPTS_WITHOUT_PAUSE = 3
const LONGEST_PAUSE_MS = 50
const GONE: Rewritten = { outcome: 'gone' }
const UNMOVABLE: Rewritten = { outcome: 'unmovable' }

/**
 * Carries decisions out on the store so that no update is lost and nothing dead comes back: every write is
 * conditional on what it was made from, and goes again on top of what others wrote meanwhile.
 */
export class RecordWriter {
  readonly #access: StoreAccess
  readonly #policy: Policy
  readonly #events: EventHub
  readonly #turns: Turns

  constructor(access: StoreAccess, policy: Policy, events: EventHub) {
    this.#access = access
    this.#policy = policy
    this.#events = events
    // Behind a store that does not answer, everybody would wait out a timeout of their own, one after another.
    const isEverybodys = (error: unknown): boolean => isSessionError(error, 'ERR_STORE_TIMEOUT')
    this.#turns = new Turns(policy.storeTimeout, (id) => crowdedError(access.name, id), isEverybodys)
  }

  /** Writes the first record of a session. When that fails, nothing is left under the id. */
  create(id: string, draft: Draft, createdAt: number): Awaitable<SessionRecord> {
    const now = this.#policy.now()
    const expires = expiresAt(createdAt, now, this.#policy)
    const record: SessionRecord = {
      id,
      data: draft.text,
      revision: 1,
      createdAt,
      touchedAt: now,
      expiresAt: expires,
    }
    // A store in memory would keep all of the form that it was a field of.
    if (draft.user !== undefined) record.user = ownText(draft.user)
    const created = this.#access.create(record, { ttl: expires - now }, () => this.#abandon(id))
    return andThen(created, (free) => {
      // Not abandoned: what is there is somebody else's.
      if (!free) throw takenError(this.#access.name, id)
      return record
    })
  }

  /**
   * Writes changed data over the record it was made from.
   * @param change - Makes the same changes to newer data, when somebody else has written meanwhile.
   * @param answer - Asked whether it takes a new id, should the two changes together make another user.
   */
  replace(
    base: LoadedSession,
    text: string,
    change: Change,
    answer: Pick<Answerable, 'takesNewId'>,
  ): Awaitable<Rewritten> {
    const { id, user, revision } = base.record
    const record = this.#successor(base.record, { text, user })
    return andThen<ReplaceOutcome, Rewritten>(this.#put(record, revision), (outcome) => {
      if (outcome === 'written') return { outcome, record, data: undefined }
      if (outcome === 'missing') return this.#gone(base, GONE)
      this.#events.emit('conflict', { id, attempt: 1 })
      return this.rewrite(base, change, answer)
    })
  }

  /** Reads the newest data, changes it and writes it, again and again until nobody wrote in between. */
  rewrite(base: LoadedSession, change: Change, answer: Pick<Answerable, 'takesNewId'>): Promise<Rewritten> {
    const { id } = base.record
    return this.#turns.take(id, async (turn) => {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const result = await this.#rewriteOnce(base, change, answer, turn)
        if (result !== null) return result
        await this.#conflict(id, attempt)
      }
      throw contendedError(this.#access.name, id, MAX_ATTEMPTS)
    })
  }

  async #rewriteOnce(
    base: LoadedSession,
    change: Change,
    answer: Pick<Answerable, 'takesNewId'>,
    turn: Turn,
  ): Promise<Rewritten | null> {
    const newest = await this.#live(base.record.id, turn)
    if (newest === null) return this.#gone(base, GONE)
    const { record } = newest
    const draft = await this.#make(change, newest.data, turn)
    // New powers, new id, also when the data became another user's only by coming together here.
    if (draft.user !== record.user)
      return answer.takesNewId()
        ? this.#moveInTurn(base, record, draft, change, turn)
        : this.#endUnmoved(record)
    const { data } = draft
    // What is there may be this request's own late write, over which a basic store will do again what came since.
    if (draft.text === record.data && !base.writeInDoubt) return { outcome: 'written', record, data }
    const next = this.#successor(record, draft)
    const outcome = await this.#put(next, record.revision)
    if (outcome === 'written') return { outcome, record: next, data }
    return outcome === 'missing' ? this.#gone(base, GONE) : null
  }

  /**
   * Puts a record under a new id in the place of `base`.
   *
   * The new record is made first, so that a failure leaves the old session valid. Ending the old one is
   * conditional, so that of several parallel moves exactly one wins; the others take their record back.
   * @param change - Makes the new record's data from newer data of the old one.
   * @returns The new record; `null` when the old one had ended, and nothing is left of the new one.
   */
  move(
    base: LoadedSession,
    fresh: { id: string; draft: Draft; createdAt: number },
    change: Change,
  ): Awaitable<Written | null> {
    return andThen(this.create(fresh.id, fresh.draft, fresh.createdAt), (record) => {
      const follow = (): Promise<Written | null> =>
        this.#turns.take(base.record.id, (turn) => this.#follow(base, record, change, turn), true)
      return this.#succeed(base, base.record, { record, data: fresh.draft.data }, follow)
    })
  }

  /**
   * Ends a record of which nothing goes on, as far as `base` shows. Data that goes on and was written meanwhile is put
   * under a new id.
   * @param change - Makes the new record's data from newer data of the old one.
   */
  leave(base: LoadedSession, fresh: { id: string; createdAt: number }, change: Change): Awaitable<Left> {
    return andThen<ReplaceOutcome, Left>(this.#end(base, base.record), (outcome) => {
      if (outcome === 'written') return 'ended'
      if (outcome === 'missing') return this.#gone(base, 'gone')
      return this.#turns.take(base.record.id, (turn) => this.#leaveNewer(base, fresh, change, turn), true)
    })
  }

  async #leaveNewer(
    base: LoadedSession,
    { id, createdAt }: { id: string; createdAt: number },
    change: Change,
    turn: Turn,
  ): Promise<Left> {
    const { id: oldId } = base.record
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      await this.#conflict(oldId, attempt)
      const newest = await this.#live(oldId, turn)
      if (newest === null) return this.#gone(base, 'gone')
      const draft = await this.#make(change, newest.data, turn)
      if (draft.text !== EMPTY_TEXT) {
        const first = { record: await this.create(id, draft, createdAt), data: draft.data }
        const follow = (): Promise<Written | null> => this.#follow(base, first.record, change, turn)
        return (await this.#succeed(base, newest.record, first, follow)) ?? 'gone'
      }
      const outcome = await this.#end(base, newest.record)
      if (outcome !== 'conflict') return outcome === 'written' ? 'ended' : this.#gone(base, 'gone')
    }
    throw contendedError(this.#access.name, oldId, MAX_ATTEMPTS)
  }

  /** Extends a record's life and writes nothing else. Answers whether it still lives. */
  touch(base: LoadedSession, now: number): Awaitable<boolean> {
    const { id, createdAt } = base.record
    const expires = expiresAt(createdAt, now, this.#policy)
    const touched = this.#access.touch(id, { touchedAt: now, expiresAt: expires, ttl: expires - now })
    return andThen(touched, (lives) => lives || this.#gone(base, false))
  }

  /** Removes a record, whatever its revision. */
  destroy(id: string): Awaitable<void> {
    return this.#access.destroy(id)
  }

  /** Too late for the cookie of a new id. Nobody goes on as a user the change meant to leave. */
  async #endUnmoved({ id, user }: SessionRecord): Promise<Rewritten> {
    if (user === undefined) return UNMOVABLE
    await this.destroy(id)
    this.#events.emit('destroyed', { id })
    return UNMOVABLE
  }

  async #moveInTurn(
    base: LoadedSession,
    newest: SessionRecord,
    draft: Draft,
    change: Change,
    turn: Turn,
  ): Promise<Rewritten> {
    const token = createToken()
    const createdAt = draft.user === undefined ? newest.createdAt : this.#policy.now()
    const first = await this.create(sessionIdOf(token), draft, createdAt)
    const follow = (): Promise<Written | null> => this.#follow(base, first, change, turn)
    const written = await this.#succeed(base, newest, { record: first, data: draft.data }, follow)
    return written === null ? GONE : { outcome: 'moved', ...written, token: written.token ?? token }
  }

  /** Ends the old record for a new one that was just made, or takes the new one back: never do both live on. */
  #succeed(
    base: LoadedSession,
    newest: SessionRecord,
    first: Written,
    follow: () => Promise<Written | null>,
  ): Awaitable<Written | null> {
    return onFailure(
      () =>
        andThen<ReplaceOutcome, Written | null>(this.#end(base, newest), (outcome) => {
          if (outcome === 'written') return first
          return outcome === 'missing' ? this.#takeBack(base, first.record) : follow()
        }),
      () => this.#abandon(first.record.id),
    )
  }

  /** Somebody wrote the old record while it was being moved: take their changes along, then end it. */
  async #follow(
    base: LoadedSession,
    first: SessionRecord,
    change: Change,
    turn: Turn,
  ): Promise<Written | null> {
    const { id: oldId } = base.record
    let fresh = first
    let token: string | undefined
    try {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        await this.#conflict(oldId, attempt)
        const newest = await this.#live(oldId, turn)
        if (newest === null) return this.#takeBack(base, fresh)
        const draft = await this.#make(change, newest.data, turn)
        if (draft.text !== fresh.data) {
          const next = this.#successor(fresh, draft)
          const put = await this.#put(next, fresh.revision)
          if (put === 'written') fresh = next
          else {
            if (put !== 'missing' || newest.record.user !== fresh.user)
              return this.#endRefused(newest.record, fresh)
            // Somebody has ended it, but spared the one it is made from. Under another id: the one that was ended stays so.
            token = createToken()
            fresh = await this.create(sessionIdOf(token), draft, fresh.createdAt)
          }
        }
        const outcome = await this.#end(base, newest.record)
        if (outcome === 'written') return { record: fresh, data: draft.data, token }
        if (outcome === 'missing') return this.#takeBack(base, fresh)
      }
      throw contendedError(this.#access.name, oldId, MAX_ATTEMPTS)
    } catch (error) {
      if (token !== undefined) this.#abandon(fresh.id)
      throw error
    }
  }

  /**
   * The new record is not to be. Nobody goes on as a user who was to be another one by now; a visitor's record stays as it was.
   */
  async #endRefused({ id, user }: SessionRecord, fresh: SessionRecord): Promise<null> {
    if (user === undefined || user === fresh.user) return null
    await this.destroy(id)
    this.#events.emit('destroyed', { id })
    return null
  }

  #takeBack(base: LoadedSession, record: SessionRecord): Awaitable<null> {
    return andThen(this.#access.destroy(record.id), () => this.#gone(base, null))
  }

  /**
   * The record is gone, so nothing more is saved: by somebody else's doing, or perhaps by this request's own, whose answer
   * is missing. Then it is no session that ended elsewhere, but a save that failed.
   * @returns What the caller is to be told, in its own words.
   */
  #gone<Told>(base: LoadedSession, told: Told): Told {
    if (base.endInDoubt) throw inDoubtError(this.#access.name, base.record.id)
    return told
  }

  /** A write that failed may have reached the store all the same. Nobody waits: the request has its error already. */
  #abandon(id: string): void {
    try {
      Promise.resolve(this.#access.destroy(id)).catch(() => {})
    } catch {
      // A synchronous store: that it failed was told by its event.
    }
  }

  /** Writes a record that was just made: its `touchedAt` is now. */
  #put(record: SessionRecord, revision: number): Awaitable<ReplaceOutcome> {
    return this.#access.replace(record, { ttl: record.expiresAt - record.touchedAt, revision })
  }

  #end(base: LoadedSession, newest: SessionRecord): Awaitable<ReplaceOutcome> {
    return onFailure(
      () => this.#access.replace(newest, { ttl: 0, revision: newest.revision }),
      () => {
        base.endInDoubt = true
      },
    )
  }

  #successor(base: SessionRecord, { text, user }: Draft): SessionRecord {
    const now = this.#policy.now()
    const { id, createdAt } = base
    const record: SessionRecord = {
      id,
      data: text,
      revision: base.revision + 1,
      createdAt,
      touchedAt: now,
      expiresAt: expiresAt(createdAt, now, this.#policy),
    }
    if (user !== undefined) record.user = user === base.user ? base.user : ownText(user)
    return record
  }

  async #live(id: string, turn: Turn): Promise<{ record: SessionRecord; data: DataObject } | null> {
    turn.allow(this.#policy.storeTimeout)
    const stored = await this.#access.get(id)
    if (!isRecordOf(stored, id) || expiryOf(stored, this.#policy, this.#policy.now()) !== null) return null
    const data = readData(stored.data, this.#policy.maxBytes)
    if (data === null) return null
    const judged = (await this.#policy.validate?.(data)) ?? { data }
    return 'data' in judged ? { record: stored, data: judged.data } : null
  }

  /** Lets a change be made, which may take its time. */
  async #make(change: Change, data: DataObject, turn: Turn): Promise<Draft> {
    turn.allow(LONGEST_CHANGE_MS)
    const draft = await this.#draft(await change(data))
    turn.allow(this.#policy.storeTimeout)
    return draft
  }

  async #draft(data: DataObject): Promise<Draft> {
    const text = writeData(data, this.#policy.maxBytes)
    const { validate } = this.#policy
    const written: DataObject = JSON.parse(text)
    const fit = validate === null ? undefined : fitOf(written, await validate(written))
    return { text, user: this.#policy.userOf(data), data: fit }
  }

  async #conflict(id: string, attempt: number): Promise<void> {
    this.#events.emit('conflict', { id, attempt })
    if (attempt <= ATTEMPTS_WITHOUT_PAUSE) return
    // Within this process writers take turns, so whoever is in the way is in another one: step aside.
    const pause = Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** (attempt - ATTEMPTS_WITHOUT_PAUSE))
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
