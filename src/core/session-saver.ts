import { type Awaitable, isPromise, then } from './awaitable.ts'
import { type DataObject, writeData } from './data-text.ts'
import { type Answerable, type Decision, decide, type Handled } from './decide.ts'
import type { Engine } from './engine.ts'
import { DataError } from './errors.ts'
import { expiresAt, expiryOf } from './expiry.ts'
import { apply, carryOver, diffTexts } from './patch.ts'
import type { Validated } from './policy.ts'
import type { SessionRecord } from './record.ts'
import type { LoadedSession, SessionState, Snapshot } from './session-state.ts'

/** What a save means for the cookie; `keep` leaves what an earlier save of the same request meant. */
export type CookieVerb = 'keep' | 'none' | 'set' | 'clear'

/** What is about to be saved, and what was decided about it. */
interface Plan extends Decision {
  snapshot: Snapshot
  user: string | undefined
}

/** Saves a session: looks at what the handler did, has it decided, and carries the decision out. */
export class SessionSaver {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /**
   * Saves what there is to save, and brings the state in line with the store.
   * @throws {StoreError} the store failed; the state is as it was.
   * @throws {DataError} the data cannot be kept; the state is as it was.
   */
  save(state: SessionState, answer: Answerable): Awaitable<CookieVerb> {
    if (state.ended) return 'keep'
    const { loaded } = state
    if (loaded !== null && this.#looksExpired(loaded.record)) {
      return then(this.#refresh(loaded), (lives) => (lives ? this.#judge(state, answer) : this.#gone(state)))
    }
    return this.#judge(state, answer)
  }

  #judge(state: SessionState, answer: Answerable): Awaitable<CookieVerb> {
    const snapshot = state.snapshot()
    const { validate } = this.#engine.policy
    if (validate === null || !snapshot.changed || snapshot.text === EMPTY_TEXT) {
      return this.#carryOut(state, answer, snapshot)
    }
    const verdict = validate(JSON.parse(snapshot.text))
    const proceed = (judged: Validated): Awaitable<CookieVerb> => {
      if ('problems' in judged) throw refusedBySchema(judged.problems)
      return this.#carryOut(state, answer, snapshot)
    }
    return isPromise(verdict) ? verdict.then(proceed) : proceed(verdict)
  }

  #carryOut(state: SessionState, answer: Answerable, snapshot: Snapshot): Awaitable<CookieVerb> {
    const { policy, events } = this.#engine
    const { loaded, fate, used } = state
    const { text, changed } = snapshot
    const sameData = loaded !== null && fate === 'kept' && !changed
    const user = sameData ? loaded.record.user : policy.userOf(state.data)
    const handled: Handled = {
      fate,
      used,
      changed,
      empty: text === EMPTY_TEXT,
      userChanged: user !== loaded?.record.user,
    }
    const known = loaded === null ? null : { touchedAt: loaded.record.touchedAt, olderKey: loaded.olderKey }
    const plan: Plan = { ...decide(known, handled, answer, policy, policy.now()), snapshot, user }
    if (!plan.discarded) return this.#perform(state, answer, plan)
    events.emit('discarded', { id: state.id, reason: 'headers-sent' })
    return then<CookieVerb, CookieVerb>(this.#perform(state, answer, plan), () => {
      state.end()
      return 'keep'
    })
  }

  #perform(state: SessionState, answer: Answerable, plan: Plan): Awaitable<CookieVerb> {
    const { loaded } = state
    if (state.unreachable !== null) return this.#withoutLoad(state, plan)
    if (plan.store === 'create')
      return loaded === null ? this.#create(state, plan) : this.#move(state, plan, loaded)
    if (loaded === null) return this.#nothing(state, plan)
    if (plan.store === 'replace') return this.#replace(state, plan, loaded)
    if (plan.store === 'touch') return this.#touch(state, plan, loaded)
    return plan.store === 'destroy' ? this.#destroy(state, answer, loaded) : 'keep'
  }

  #nothing(state: SessionState, plan: Plan): CookieVerb {
    if (state.fate === 'destroyed') state.end()
    return plan.cookie === 'none' ? 'keep' : plan.cookie
  }

  /** The load failed: ending the session can still be tried, saving it could overwrite what was never read. */
  #withoutLoad(state: SessionState, plan: Plan): Awaitable<CookieVerb> {
    if (state.unreachable === null || (plan.store === 'none' && state.fate === 'kept')) return 'keep'
    if (plan.store === 'create') throw state.unreachable.error
    return then(this.#engine.writer.destroy(state.unreachable.ticket.id), () => {
      state.unreachable = null
      return this.#nothing(state, { ...plan, cookie: 'clear' })
    })
  }

  #create(state: SessionState, plan: Plan): Awaitable<CookieVerb> {
    const { writer, events, policy } = this.#engine
    const { snapshot, user } = plan
    const token = state.newToken()
    return then(writer.create(state.newId(), snapshot.text, user, policy.now()), (record) => {
      state.settle({ record, token, olderKey: false }, snapshot)
      events.emit('created', { id: record.id, user })
      return 'set'
    })
  }

  #move(state: SessionState, plan: Plan, loaded: LoadedSession): Awaitable<CookieVerb> {
    const { writer, events, policy } = this.#engine
    const { snapshot, user } = plan
    const token = state.newToken()
    const signedIn = user !== undefined && user !== loaded.record.user
    // Data that goes over brings its age along, or a session could be kept alive for ever by renewing it.
    const keepsAge = snapshot.carry.length > 0 && !signedIn
    const createdAt = keepsAge ? loaded.record.createdAt : policy.now()
    const fresh = { id: state.newId(), text: snapshot.text, user, createdAt }
    const rebase = (newest: DataObject): string => {
      const data = carryOver(newest, snapshot.carry)
      apply(diffTexts(snapshot.base, snapshot.text), data)
      return writeData(data, policy.maxBytes)
    }
    return then<SessionRecord | null, CookieVerb>(writer.move(loaded.record, fresh, rebase), (record) => {
      if (record === null) return this.#discarded(state, loaded)
      state.settle({ record, token, olderKey: false }, snapshot)
      events.emit('regenerated', { id: record.id, previousId: loaded.record.id, user })
      return 'set'
    })
  }

  #replace(state: SessionState, plan: Plan, loaded: LoadedSession): Awaitable<CookieVerb> {
    const { snapshot } = plan
    const signedAgain = plan.cookie === 'set'
    const change = (newest: DataObject): 'write' => {
      apply(diffTexts(snapshot.base, snapshot.text), newest)
      return 'write'
    }
    return then<SessionRecord | null, CookieVerb>(
      this.#engine.writer.replace(loaded.record, snapshot.text, change),
      (record) => {
        if (record === null) return this.#discarded(state, loaded)
        const { token, olderKey } = loaded
        state.settle({ record, token, olderKey: olderKey && !signedAgain }, snapshot)
        return signedAgain ? 'set' : 'keep'
      },
    )
  }

  #touch(state: SessionState, plan: Plan, loaded: LoadedSession): Awaitable<CookieVerb> {
    const { writer, events, policy } = this.#engine
    const signedAgain = plan.cookie === 'set'
    const now = policy.now()
    return then<boolean, CookieVerb>(writer.touch(loaded.record, now), (lives) => {
      if (!lives) return this.#gone(state)
      const { record, olderKey } = loaded
      loaded.record = { ...record, touchedAt: now, expiresAt: expiresAt(record.createdAt, now, policy) }
      loaded.olderKey = olderKey && !signedAgain
      events.emit('touched', { id: record.id })
      return signedAgain ? 'set' : 'keep'
    })
  }

  #destroy(state: SessionState, answer: Answerable, loaded: LoadedSession): Awaitable<CookieVerb> {
    return then<void, CookieVerb>(this.#engine.writer.destroy(loaded.record.id), () => {
      this.#engine.events.emit('destroyed', { id: loaded.record.id })
      // A session that was cleared goes on as a new one that has nothing yet; a destroyed one is over.
      if (state.fate === 'destroyed') state.end()
      else state.loaded = null
      // A browser that never got the cookie need not be told to drop it.
      return answer.presented ? 'clear' : 'none'
    })
  }

  #discarded(state: SessionState, loaded: LoadedSession): CookieVerb {
    this.#engine.events.emit('discarded', { id: loaded.record.id, reason: 'gone' })
    return this.#gone(state)
  }

  /**
   * The session ended in another request. The cookie is left alone: the browser may have a newer one already,
   * from the very request that ended this session.
   */
  #gone(state: SessionState): CookieVerb {
    state.end()
    return 'none'
  }

  #looksExpired(record: SessionRecord): boolean {
    const { policy } = this.#engine
    return expiryOf(record, policy, policy.now()) !== null
  }

  /** A slow request's own copy has timed out. Others may have kept the session alive meanwhile: only the store knows. */
  #refresh(loaded: LoadedSession): Awaitable<boolean> {
    return then(this.#engine.loader.refresh(loaded.record.id), (record) => {
      if (record === null) return false
      const { touchedAt, expiresAt } = record
      loaded.record = { ...loaded.record, touchedAt, expiresAt }
      return true
    })
  }
}

const EMPTY_TEXT = '{}'

function refusedBySchema(problems: readonly string[]): DataError {
  return new DataError(
    'ERR_DATA_INVALID',
    `The session's data does not fit its schema, so nothing was saved: ${problems.join('; ')}. Make optional what is not always there.`,
  )
}
