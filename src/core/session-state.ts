import { type Carry, carryOver, narrow } from './carry.ts'
import { type DataObject, EMPTY_TEXT, readData, writeData } from './data-text.ts'
import type { Fate } from './decide.ts'
import type { SessionEvents } from './events.ts'
import type { LoadedSession } from './loaded-session.ts'
import { OwnData } from './own-data.ts'
import { adopt, apply, type Patch } from './patch.ts'
import type { Policy } from './policy.ts'
import type { SessionRecord } from './record.ts'
import type { Snapshot } from './snapshot.ts'
import { createToken, sessionIdOf } from './ticket.ts'
import type { UnreachableSession } from './unreachable-session.ts'
import { isWrittenAsItIs } from './written-value.ts'

const NOTHING: readonly string[] = []

/** Why nothing of a session is saved any more, and the id it had. */
export type Loss = SessionEvents['discarded']

/**
 * What one request knows and wants of its session: the record it stands on, the data as it is now, and what
 * is to become of both. Rules of what follows from that are in `decide`.
 */
export class SessionState {
  /** The record in the store this session stands on; `null` when there is none. */
  loaded: LoadedSession | null = null
  /** What is to become of the loaded record. */
  fate: Fate = 'kept'
  /** Whether this request has read, written or touched the session. */
  used = false
  /** Whether nothing more will be saved: it was destroyed, or its record was found gone. */
  ended = false
  /** What kept the session from being loaded. */
  unreachable: UnreachableSession | null = null
  /** The id of a record that is in the store, and that this session does not stand on: it ends where this session does. */
  remains: string | null = null
  /** Why nothing of this session is saved any more; `null` while it is. */
  lost: Loss | null = null
  readonly #policy: Policy
  readonly #onCorrupt: (id: string) => void
  #own: OwnData | null = null
  #baseText: string = EMPTY_TEXT
  #inDoubt: readonly string[] = NOTHING
  #carry: Carry = []
  #newToken: string | null = null
  #changes = 0
  #savedChanges = 0
  #turns = 0
  /** Whether somebody may change the data unseen, or it is not what its text says: it must be written to compare it. */
  #handedOut = false

  /** @param onCorrupt - Told when the record's data turns out unreadable; the session is then a new one. */
  constructor(policy: Policy, onCorrupt: (id: string) => void) {
    this.#policy = policy
    this.#onCorrupt = onCorrupt
  }

  /** The id this session has, or will have once saved. */
  get id(): string {
    return this.loaded !== null && this.fate === 'kept' ? this.loaded.record.id : this.newId()
  }

  /** Whether no record of this session is in the store. */
  get isNew(): boolean {
    return this.loaded === null || this.fate !== 'kept'
  }

  /** The data, as this request's own. Parsed the first time somebody asks. */
  get data(): DataObject {
    return this.#claim().all()
  }

  /** The data for looking at alone: it may serve other requests too. */
  get seen(): Readonly<DataObject> {
    return this.#own?.seen ?? this.#recall() ?? this.#read().seen
  }

  /** Whether there is a key. */
  hasKey(key: string): boolean {
    return Object.hasOwn(this.seen, key)
  }

  /** Whether there is a value under a key that is not `undefined`. */
  hasValue(key: string): boolean {
    const { seen } = this
    return Object.hasOwn(seen, key) && seen[key] !== undefined
  }

  /** The keys of the data. */
  get keys(): string[] {
    return Object.keys(this.seen)
  }

  /**
   * Gives the value under a key; where there is none, the function that every object has there, such as `toString`.
   * An object is the request's own: it may be changed unseen.
   */
  read(key: string): unknown {
    const { seen } = this
    const value = seen[key]
    if (typeof value !== 'object' || value === null) return value
    // `__proto__` finds an object that is nobody's to give away.
    if (!Object.hasOwn(seen, key)) return undefined
    this.#handedOut = true
    return this.#claim().give(key)
  }

  /** Makes several changes at once. */
  patch(patch: Patch): void {
    apply(patch, this.data)
    this.#handedOut = true
    this.used = true
    this.#changes++
  }

  /** Puts a value under a key. */
  put(key: string, value: unknown): void {
    this.#claim().put(key, value)
    if (!isWrittenAsItIs(value)) this.#handedOut = true
    this.#changes++
  }

  /** Removes a key. */
  remove(key: string): void {
    this.#claim().remove(key)
    this.#changes++
  }

  /** The text that this request's changes count from. */
  get base(): string {
    return this.#baseText
  }

  /** Whether nothing was written, and no object handed out that could have been written into: there is nothing to compare. */
  get unwritten(): boolean {
    return this.#changes === this.#savedChanges && !this.#handedOut
  }

  /**
   * Takes down what is to be saved.
   * @throws {DataError} the data cannot be kept as JSON.
   */
  snapshot(): Snapshot {
    const base = this.#baseText
    const text = this.unwritten ? base : writeData(this.seen, this.#policy.maxBytes)
    const carry = this.fate === 'renewed' ? this.#carry : 'all'
    const inDoubt = this.#inDoubt
    const changed = text !== base || inDoubt.some((tried) => tried !== text)
    return { text, base, inDoubt, changed, carry, changes: this.#changes, turns: this.#turns }
  }

  /** Notes that a save failed whose data may be in the store all the same. */
  doubt({ text }: Snapshot): void {
    if (!this.#inDoubt.includes(text)) this.#inDoubt = [...this.#inDoubt, text]
  }

  /** The token a new session will be found by. Drawn once, so that its id is stable before it is saved. */
  newToken(): string {
    this.#newToken ??= createToken()
    return this.#newToken
  }

  /** Forgets the new token: what was to be saved under it may be half there. */
  dropToken(): void {
    this.#newToken = null
  }

  /** The id that goes with the new token. */
  newId(): string {
    return sessionIdOf(this.newToken())
  }

  /** Ends the loaded record and goes on under a new id with part of the data. */
  renew(carry: Carry): void {
    const carried = carryOver(this.data, carry)
    // Changes count from the data that goes over as it was loaded: those are what a newer old record is rebased on.
    const base = this.lost === null ? carryOver(this.#parsed(this.#baseText), carry) : {}
    this.#carry = this.#carryFrom(carry)
    this.#baseText = JSON.stringify(base)
    this.#own = OwnData.of(carried)
    this.#changes++
    this.#turns++
    this.#newToken = null
    this.fate = 'renewed'
    // What was lost does not come back under another id.
    this.ended = this.lost !== null
  }

  #carryFrom(carry: Carry): Carry {
    // Nothing goes over that this request has destroyed, even where the record is still there.
    if (this.fate === 'destroyed') return []
    return this.fate === 'renewed' ? narrow(this.#carry, carry) : carry
  }

  /** Wipes the data and asks for the record's end. */
  destroy(): void {
    this.fate = 'destroyed'
    this.lost = null
    this.#turns++
    this.empty()
  }

  /** Shows nothing any more, as what is over. What was changed before is no change of it. */
  empty(): void {
    this.#own = OwnData.of({})
    this.#baseText = EMPTY_TEXT
    this.#savedChanges = this.#changes
    this.#handedOut = false
  }

  /** Notes that nothing more of this session is saved. What it held can still be read. */
  end(): void {
    // It may have been seen in what the ticket remembers, which goes with the record.
    this.#claim()
    this.ended = true
    this.loaded = null
  }

  /**
   * Notes that nothing of this session is saved any more, under whatever id; only `destroy` and `reload` begin afresh.
   * @param told - What is known to be lost: later changes are lost too, and somebody has to be told of them.
   */
  lose(loss: Loss, told: Snapshot | null): void {
    this.lost = loss
    // Too late for the cookie that the changes needed: a visitor's record is as it was.
    if (loss.reason === 'headers-sent' && this.loaded?.signedIn === false)
      this.remains = this.loaded.record.id
    this.end()
    if (told !== null) this.#tell(told)
  }

  /**
   * Notes that what was changed since the session was lost is lost too.
   * @returns What to tell of it; `null` when nothing was changed.
   */
  loseChanges(): Loss | null {
    if (this.lost === null) return null
    const snapshot = this.snapshot()
    if (!snapshot.changed) return null
    this.#tell(snapshot)
    return this.lost
  }

  #tell({ text, changes }: Snapshot): void {
    this.#baseText = text
    this.#savedChanges = changes
  }

  /**
   * Goes on standing on a record that was just saved. Objects already handed out stay the live data, and what
   * was changed while the save was under way stays to be saved.
   */
  settle(loaded: LoadedSession, saved: Snapshot): void {
    this.loaded = loaded
    this.#inDoubt = NOTHING
    // Renewed or destroyed meanwhile: that wish now applies to the record that was just written.
    if (saved.turns !== this.#turns) {
      this.#carryAgain(loaded, [saved.text])
      return
    }
    const sameText = loaded.record.data === saved.text
    if (!sameText) adopt(this.#newest(loaded), [this.#parsed(saved.text)], this.data)
    this.fate = 'kept'
    this.#baseText = sameText ? saved.text : loaded.base
    this.#savedChanges = saved.changes
    this.#newToken = null
    this.#lend(saved)
  }

  /** Whether anything of the loaded session goes on, under its id or another. */
  get goesOn(): boolean {
    return this.fate === 'kept' || (this.fate === 'renewed' && this.#carry.length > 0)
  }

  /** How often the session has been renewed or destroyed: what tells whether that happened during a wait. */
  get turns(): number {
    return this.#turns
  }

  /**
   * Goes on from the newest record, keeping this request's unsaved changes on top.
   * @param turns - The state's `turns` when the record was asked for.
   */
  rebase(loaded: LoadedSession, turns: number): void {
    const bases = [this.#baseText, ...this.#inDoubt]
    this.loaded = loaded
    this.#inDoubt = NOTHING
    if (turns !== this.#turns) this.#carryAgain(loaded, bases)
    else if (this.unwritten) {
      // Nothing to keep, and nobody holds what would have to become the newest: that is read when somebody asks.
      this.#own = null
      this.stand(loaded)
    } else {
      const parsed = bases.map((base) => this.#parsed(base))
      adopt(this.#newest(loaded), parsed, this.data)
      this.#baseText = loaded.base
    }
  }

  /**
   * Takes over into a session that was renewed during a write what the written record has of others: the write went on
   * top of it, so nothing will conflict with it any more.
   * @param bases - The data this request's unsaved changes count from.
   */
  #carryAgain(loaded: LoadedSession, bases: readonly string[]): void {
    if (this.fate !== 'renewed') return
    const newest = carryOver(this.#newest(loaded), this.#carry)
    const carried = bases.map((base) => carryOver(this.#parsed(base), this.#carry))
    adopt(newest, carried, this.data)
    this.#baseText = JSON.stringify(newest)
  }

  #newest({ record, data }: LoadedSession): DataObject {
    return data ?? this.#parsed(record.data)
  }

  #parsed(text: string): DataObject {
    // Not within `maxBytes`: what a schema has made of the data may be longer.
    return readData(text, Number.POSITIVE_INFINITY) ?? {}
  }

  /** Drops everything and stands on this record, or on none. */
  restart(loaded: LoadedSession | null): void {
    this.lost = null
    this.fate = 'kept'
    this.ended = false
    this.unreachable = null
    this.#own = null
    this.#baseText = EMPTY_TEXT
    this.#inDoubt = NOTHING
    this.#carry = []
    this.#savedChanges = this.#changes
    this.#newToken = null
    this.#handedOut = false
    this.stand(loaded)
  }

  /** Makes the state of a new session that takes this one's place, leaving this one readable as it is. */
  successor(): SessionState {
    const next = new SessionState(this.#policy, this.#onCorrupt)
    next.stand(this.loaded)
    next.fate = this.fate
    next.used = this.used
    next.ended = this.ended
    next.lost = this.lost
    next.unreachable = this.unreachable
    next.remains = this.remains
    next.renew([])
    return next
  }

  /** Gives the request data of its own: begun from what earlier requests parsed, or parsed now. */
  #claim(): OwnData {
    if (this.#own !== null) return this.#own
    const remembered = this.#recall()
    if (remembered === null) return this.#read()
    this.#own = OwnData.from(remembered)
    return this.#own
  }

  #read(): OwnData {
    this.#own = OwnData.of(this.loaded === null ? {} : this.#parse(this.loaded.record))
    return this.#own
  }

  /** What an earlier request parsed, or wrote. */
  #recall(): Readonly<DataObject> | null {
    return this.loaded?.ticket.remembered.of(this.loaded.record.data) ?? null
  }

  /** Lets the next request begin with what was just written, when nobody can change it any more. */
  #lend(saved: Snapshot): void {
    if (this.loaded === null || this.#own === null || this.#handedOut) return
    // A schema may make what JSON cannot hold, such as a Date, and is asked again at each load.
    if (this.#policy.validate !== null) return
    if (saved.changes !== this.#changes || saved.text !== this.loaded.record.data) return
    // Nobody finds again what a ticket remembers that is only now made.
    if (this.loaded.ticket.value === '') return
    this.loaded.ticket.remembered.keep(saved.text, this.#own.lendable)
    this.#own = null
  }

  /** Begins with a session that was loaded, or with none. */
  stand(loaded: LoadedSession | null): void {
    this.loaded = loaded
    if (loaded === null) return
    this.#baseText = loaded.base
    if (loaded.data !== undefined) this.#own = OwnData.of(loaded.data)
  }

  #parse(record: SessionRecord): DataObject {
    const data = readData(record.data, this.#policy.maxBytes)
    if (data !== null) return data
    this.loaded = null
    this.remains = record.id
    this.#baseText = EMPTY_TEXT
    this.#onCorrupt(record.id)
    return {}
  }
}
