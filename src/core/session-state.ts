import { copyJson, type DataObject, equalAsJson, readData, writeData } from './data-text.ts'
import type { Fate } from './decide.ts'
import type { StoreError } from './errors.ts'
import { type Carry, carryOver, diff, narrow, type Patch } from './patch.ts'
import type { Policy } from './policy.ts'
import type { SessionRecord } from './record.ts'
import { createToken, sessionIdOf } from './ticket.ts'

const EMPTY_TEXT = '{}'

/** A session that was loaded for a verified ticket. */
export interface LoadedSession {
  record: SessionRecord
  token: string
  olderKey: boolean
  /** What a schema made of the record's data; absent without one. */
  data?: DataObject
}

/**
 * What one request knows and wants of its session: the record it stands on, the data as it is now, and what
 * is to become of both. Rules of what follows from that are in `decide`.
 */
export class SessionState {
  /** The record in the store this session stands on; `null` when there is none. */
  loaded: LoadedSession | null
  /** What is to become of the loaded record. */
  fate: Fate = 'kept'
  /** Whether this request has read, written or touched the session. */
  used = false
  /** Whether nothing more will be saved: it was destroyed, or its record was found gone. */
  ended = false
  /** The failure that kept the session from being loaded, and the id it would have had. */
  unreachable: { id: string; error: StoreError } | null = null
  readonly #policy: Policy
  readonly #onCorrupt: (id: string) => void
  #data: DataObject | null = null
  #baseText: string = EMPTY_TEXT
  #carry: Carry = []
  #newToken: string | null = null
  #written = false
  #handedOut = false

  /** @param onCorrupt - Told when the record's data turns out unreadable; the session is then a new one. */
  constructor(loaded: LoadedSession | null, policy: Policy, onCorrupt: (id: string) => void) {
    this.loaded = loaded
    this.#policy = policy
    this.#onCorrupt = onCorrupt
    if (loaded !== null) this.#stand(loaded)
  }

  /** The id this session has, or will have once saved. */
  get id(): string {
    return this.loaded !== null && this.fate === 'kept' ? this.loaded.record.id : this.newId()
  }

  /** Whether no record of this session is in the store. */
  get isNew(): boolean {
    return this.loaded === null || this.fate !== 'kept'
  }

  /** The data, for looking at. Parsed the first time somebody asks. */
  get data(): DataObject {
    if (this.#data !== null) return this.#data
    this.#data = this.loaded === null ? {} : this.#parse(this.loaded.record)
    return this.#data
  }

  /** Notes that an object inside the data is in somebody's hands, who may change it unseen. */
  handOut(): void {
    this.#handedOut = true
  }

  /** Notes that the data was changed otherwise than key by key. */
  noteChange(): void {
    this.used = true
    this.#written = true
  }

  /** Puts a value under a key. */
  put(key: string, value: unknown): void {
    this.data[key] = value
    this.#written = true
  }

  /** Removes a key. */
  remove(key: string): void {
    delete this.data[key]
    this.#written = true
  }

  /**
   * The data as text, and whether it is another than what was loaded or carried over.
   * @throws {DataError} the data cannot be kept as JSON.
   */
  snapshot(): { text: string; changed: boolean } {
    // Without a write, and with no object handed out that could have been written into, there is nothing to compare.
    if (!this.#written && !this.#handedOut) return { text: this.#baseText, changed: false }
    const text = writeData(this.data, this.#policy.maxBytes)
    return { text, changed: text !== this.#baseText }
  }

  /** What was changed since the data was loaded or carried over. */
  patch(): Patch {
    return diff(readData(this.#baseText, this.#policy.maxBytes) ?? {}, this.data)
  }

  /** The token a new session will be found by. Drawn once, so that its id is stable before it is saved. */
  newToken(): string {
    this.#newToken ??= createToken()
    return this.#newToken
  }

  /** The id that goes with the new token. */
  newId(): string {
    return sessionIdOf(this.newToken())
  }

  /** Ends the loaded record and goes on under a new id with part of the data. */
  renew(carry: Carry): void {
    const carried = carryOver(this.data, carry)
    // Changes count from the data that goes over as it was loaded: those are what a newer old record is rebased on.
    const base = carryOver(readData(this.#baseText, this.#policy.maxBytes) ?? {}, carry)
    this.#carry = this.fate === 'renewed' ? narrow(this.#carry, carry) : carry
    this.#baseText = JSON.stringify(base)
    this.#data = carried
    this.#written = true
    this.#newToken = null
    this.fate = 'renewed'
    this.ended = false
  }

  /** Which data of a newer old record goes over into this session. */
  get carry(): Carry {
    return this.fate === 'renewed' ? this.#carry : 'all'
  }

  /** Whether an id change leaves the session's age as it was: data that goes over brings its age along. */
  get keepsAge(): boolean {
    return this.carry === 'all' || this.carry.length > 0
  }

  /** Wipes the data and asks for the record's end. */
  destroy(): void {
    this.fate = 'destroyed'
    this.#data = {}
    this.#baseText = EMPTY_TEXT
    this.#written = false
    this.#handedOut = false
  }

  /** Notes that nothing more of this session is saved. What it held can still be read. */
  end(): void {
    this.ended = true
    this.loaded = null
  }

  /**
   * Goes on standing on a record that was just saved. Objects already handed out stay the live data.
   * @param saved - The text this session's own data had; the record may hold others' changes beside it.
   */
  settle(loaded: LoadedSession, saved: string): void {
    const { record } = loaded
    if (record.data !== saved) this.#adopt(record.data)
    this.loaded = loaded
    this.fate = 'kept'
    this.#baseText = record.data
    this.#written = false
    this.#newToken = null
  }

  /** Goes on from the newest record, keeping this request's unsaved changes on top. */
  rebase(loaded: LoadedSession): void {
    this.#adopt(loaded.record.data)
    this.loaded = loaded
    this.#baseText = loaded.record.data
  }

  /** Takes over, key by key, what others changed and this request did not. */
  #adopt(newestText: string): void {
    const newest = readData(newestText, this.#policy.maxBytes) ?? {}
    const mine = this.patch()
    const data = this.data
    for (const key of Object.keys(data)) {
      if (!Object.hasOwn(newest, key) && !mine.set.has(key)) delete data[key]
    }
    for (const [key, value] of Object.entries(newest)) {
      // Equal values are left alone: somebody may hold a reference to the one that is there.
      const same = Object.hasOwn(data, key) && equalAsJson(data[key], value)
      if (!same && !mine.set.has(key) && !mine.removed.has(key)) data[key] = value
    }
  }

  /** Drops everything and stands on this record, or on none. */
  restart(loaded: LoadedSession | null): void {
    this.loaded = loaded
    this.fate = 'kept'
    this.ended = false
    this.unreachable = null
    this.#data = null
    this.#baseText = EMPTY_TEXT
    this.#carry = []
    this.#written = false
    this.#handedOut = false
    if (loaded !== null) this.#stand(loaded)
  }

  /** Makes the state a new session object goes on with, leaving this one readable as it is. */
  fork(): SessionState {
    const fork = new SessionState(this.loaded, this.#policy, this.#onCorrupt)
    fork.fate = this.fate
    fork.used = this.used
    fork.ended = this.ended
    fork.unreachable = this.unreachable
    fork.#data = copyJson(this.data)
    fork.#baseText = this.#baseText
    fork.#written = this.#written
    return fork
  }

  #stand(loaded: LoadedSession): void {
    this.#baseText = loaded.record.data
    if (loaded.data === undefined) return
    this.#data = loaded.data
    // A schema may fill in defaults or change types; compared with its own output, an unchanged session is unchanged.
    this.#baseText = JSON.stringify(loaded.data)
  }

  #parse(record: SessionRecord): DataObject {
    const data = readData(record.data, this.#policy.maxBytes)
    if (data !== null) return data
    this.loaded = null
    this.#baseText = EMPTY_TEXT
    this.#onCorrupt(record.id)
    return {}
  }
}
