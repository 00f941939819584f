import { type Awaitable, andThen, isPromise, onFailure } from './awaitable.ts'
import { carryOver } from './carry.ts'
import { type DataObject, EMPTY_TEXT } from './data-text.ts'
import { type Answerable, type Decision, decide, type Handled } from './decide.ts'
import type { Engine } from './engine.ts'
import { expiresAt, expiryOf } from './expiry.ts'
import { LoadedSession } from './loaded-session.ts'
import { apply, diffTexts } from './patch.ts'
import type { Validated } from './policy.ts'
import type { Left, Rewritten, Written } from './record-writer.ts'
import { fitOf } from './schema-fit.ts'
import type { Loss, SessionState } from './session-state.ts'
import { isSignIn } from './sign-in.ts'
import type { Snapshot } from './snapshot.ts'
import type { UnreachableSession } from './unreachable-session.ts'
import type { VerifiedTicket } from './verified-ticket.ts'

/** What a save means for the cookie; `keep` leaves what an earlier save of the same request meant. */
export type CookieVerb = 'keep' | 'none' | 'set' | 'clear'

/** What is about to be saved, and what was decided about it. */
interface Plan {
  readonly decision: Decision
  readonly snapshot: Snapshot
  readonly user: string | undefined
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
    if (state.ended) return this.#afterEnd(state)
    const { loaded } = state
    const { policy } = this.#engine
    const now = policy.now()
    // Most requests only read, and then mostly nothing is to be done: decided without taking down what there is to save.
    if (state.used && state.fate === 'kept' && state.unwritten) {
      const handled = loaded === null ? NOTHING_READ : ONLY_READ
      const { store, cookie } = decide(loaded, handled, answer, policy, now)
      if (store === 'none' && cookie === 'none') return 'keep'
    }
    // A slow request's own copy has timed out. Others may have kept the session alive meanwhile: only the store knows.
    if (loaded === null || !state.goesOn || expiryOf(loaded.record, policy, now) === null)
      return this.#judge(state, answer, now)
    return andThen(this.#refresh(loaded), (lives) => {
      if (lives) return this.#judge(state, answer, now)
      const snapshot = state.snapshot()
      return snapshot.changed
        ? this.#discarded(state, gone(loaded), snapshot)
        : this.#lost(state, gone(loaded), snapshot)
    })
  }

  /** What is written to a session that was lost is dropped, and somebody should know. */
  #afterEnd(state: SessionState): Awaitable<CookieVerb> {
    if (state.remains !== null && state.fate !== 'kept')
      return andThen(this.#endRemains(state, state.remains), () => 'keep')
    const loss = state.loseChanges()
    if (loss !== null) this.#engine.events.emit('discarded', loss)
    return 'keep'
  }

  #judge(state: SessionState, answer: Answerable, now: number): Awaitable<CookieVerb> {
    const plan = this.#plan(state, answer, now)
    const { validate } = this.#engine.policy
    const { store } = plan.decision
    if (validate === null || (store !== 'create' && store !== 'replace')) {
      return this.#carryOut(state, answer, plan)
    }
    const written: DataObject = JSON.parse(plan.snapshot.text)
    const verdict = validate(written)
    const proceed = (judged: Validated): Awaitable<CookieVerb> => {
      // Renewed or destroyed while the schema was asked: what was to be saved is no longer wanted.
      if (plan.snapshot.turns !== state.turns) return 'keep'
      fitOf(written, judged)
      return this.#carryOut(state, answer, plan)
    }
    return isPromise(verdict) ? verdict.then(proceed) : proceed(verdict)
  }

  /** Takes down what the handler did, all at one moment, and has it decided. */
  #plan(state: SessionState, answer: Answerable, now: number): Plan {
    const { policy } = this.#engine
    const { loaded, fate, used } = state
    const snapshot = state.snapshot()
    const { text, changed } = snapshot
    const sameData = loaded !== null && fate === 'kept' && !changed
    const user = sameData ? loaded.record.user : policy.userOf(state.seen)
    const handled: Handled = {
      fate,
      used,
      changed,
      empty: text === EMPTY_TEXT,
      carries: snapshot.carry.length > 0,
      userChanged: user !== loaded?.record.user,
    }
    const decision = decide(loaded, handled, answer, policy, now)
    return { decision, snapshot, user }
  }

  #carryOut(state: SessionState, answer: Answerable, plan: Plan): Awaitable<CookieVerb> {
    if (!plan.decision.discarded) return this.#perform(state, answer, plan)
    const loss = tooLate(state.id)
    this.#engine.events.emit('discarded', loss)
    return andThen<CookieVerb, CookieVerb>(this.#perform(state, answer, plan), (verb) => {
      state.lose(loss, plan.snapshot)
      return verb
    })
  }

  #perform(state: SessionState, answer: Answerable, plan: Plan): Awaitable<CookieVerb> {
    if (state.fate === 'kept' || state.remains === null) return this.#performOnLoaded(state, answer, plan)
    // First, so that what fails is tried again as a whole.
    return andThen(this.#endRemains(state, state.remains), () => this.#performOnLoaded(state, answer, plan))
  }

  #performOnLoaded(state: SessionState, answer: Answerable, plan: Plan): Awaitable<CookieVerb> {
    const { loaded } = state
    const { store, cookie } = plan.decision
    if (state.unreachable !== null) return this.#withoutLoad(state, plan, state.unreachable)
    if (store === 'create')
      return loaded === null ? this.#create(state, plan) : this.#move(state, plan, loaded)
    if (loaded === null) return this.#nothing(state, cookie)
    if (store === 'replace') return this.#replace(state, answer, plan, loaded)
    if (store === 'touch') return this.#touch(state, plan, loaded)
    if (store === 'leave') return this.#leave(state, answer, plan, loaded)
    return store === 'destroy' ? this.#destroy(state, answer, loaded) : 'keep'
  }

  #endRemains(state: SessionState, id: string): Awaitable<void> {
    return andThen(this.#engine.writer.destroy(id), () => {
      this.#engine.events.emit('destroyed', { id })
      state.remains = null
    })
  }

  #nothing(state: SessionState, cookie: Decision['cookie']): CookieVerb {
    if (state.fate === 'destroyed') state.end()
    return cookie === 'none' ? 'keep' : cookie
  }

  /** The load failed: ending the session can still be tried, saving it could overwrite what was never read. */
  #withoutLoad(
    state: SessionState,
    plan: Plan,
    { ticket: { id }, error }: UnreachableSession,
  ): Awaitable<CookieVerb> {
    const { store } = plan.decision
    if (store === 'none' && state.fate === 'kept') return 'keep'
    if (store === 'create') throw error
    return andThen(this.#engine.writer.destroy(id), () => {
      this.#engine.events.emit('destroyed', { id })
      state.unreachable = null
      return this.#nothing(state, 'clear')
    })
  }

  #create(state: SessionState, plan: Plan): Awaitable<CookieVerb> {
    const { writer, events, policy } = this.#engine
    const { snapshot, user } = plan
    const token = state.newToken()
    const created = onFailure(
      () => writer.create(state.newId(), { text: snapshot.text, user }, policy.now()),
      () => state.dropToken(),
    )
    return andThen(created, (record) => {
      state.settle(LoadedSession.under(token, record), snapshot)
      events.emit('created', { id: record.id, user })
      return 'set'
    })
  }

  #move(state: SessionState, plan: Plan, loaded: LoadedSession): Awaitable<CookieVerb> {
    const { writer, policy } = this.#engine
    const { snapshot, user } = plan
    const token = state.newToken()
    // Data that goes over brings its age along, or a session could be kept alive for ever by renewing it.
    const keepsAge = snapshot.carry.length > 0 && !isSignIn(user, snapshot.base, policy)
    const createdAt = keepsAge ? loaded.record.createdAt : policy.now()
    const fresh = { id: state.newId(), draft: { text: snapshot.text, user }, createdAt }
    const moved = onFailure(
      () => writer.move(loaded, fresh, (newest) => onTopOf(newest, snapshot)),
      () => state.dropToken(),
    )
    return andThen<Written | null, CookieVerb>(moved, (written) =>
      written === null
        ? this.#discarded(state, gone(loaded), snapshot)
        : this.#moved(state, loaded, { ...written, token: written.token ?? token }, snapshot),
    )
  }

  #moved(
    state: SessionState,
    previous: LoadedSession,
    { record, data, token }: Written & { token: string },
    snapshot: Snapshot,
  ): CookieVerb {
    const { id, user } = record
    state.settle(LoadedSession.under(token, record, data), snapshot)
    this.#engine.events.emit('regenerated', { id, previousId: previous.record.id, user })
    return 'set'
  }

  #replace(
    state: SessionState,
    answer: Answerable,
    plan: Plan,
    loaded: LoadedSession,
  ): Awaitable<CookieVerb> {
    const { snapshot } = plan
    const change = (newest: DataObject): DataObject => onTopOf(newest, snapshot)
    const replaced = onFailure(
      () => this.#engine.writer.replace(loaded, snapshot.text, change, answer),
      () => {
        loaded.writeInDoubt = true
        state.doubt(snapshot)
      },
    )
    return andThen(replaced, (result) => this.#replaced(state, plan, loaded, result))
  }

  #replaced(state: SessionState, plan: Plan, loaded: LoadedSession, result: Rewritten): CookieVerb {
    const { snapshot, decision } = plan
    if (result.outcome === 'gone') return this.#discarded(state, gone(loaded), snapshot)
    // Two requests' changes made another user together, and it is too late for the cookie of a new id.
    if (result.outcome === 'unmovable') {
      this.#discarded(state, tooLate(loaded.record.id), snapshot)
      return 'keep'
    }
    if (result.outcome === 'moved') return this.#moved(state, loaded, result, snapshot)
    const signedAgain = decision.cookie === 'set'
    const ticket = signedAgain ? current(loaded.ticket) : loaded.ticket
    state.settle(LoadedSession.writtenOver(result.record, ticket, result.data), snapshot)
    return signedAgain ? 'set' : 'keep'
  }

  #touch(state: SessionState, plan: Plan, loaded: LoadedSession): Awaitable<CookieVerb> {
    const { writer, events, policy } = this.#engine
    const signedAgain = plan.decision.cookie === 'set'
    const now = policy.now()
    // Noted before the answer, so that requests under way at the same time do not all touch.
    const { ticket } = loaded
    ticket.touchedAt = now
    const touched = onFailure(
      () => writer.touch(loaded, now),
      () => {
        ticket.touchedAt = 0
      },
    )
    return andThen<boolean, CookieVerb>(touched, (lives) => {
      if (!lives) return this.#lost(state, gone(loaded), plan.snapshot)
      const { record } = loaded
      loaded.record = { ...record, touchedAt: now, expiresAt: expiresAt(record.createdAt, now, policy) }
      if (signedAgain) loaded.ticket = current(ticket)
      events.emit('touched', { id: record.id })
      return signedAgain ? 'set' : 'keep'
    })
  }

  /** Nothing of the session is to go on, but what others may have written meanwhile. */
  #leave(
    state: SessionState,
    answer: Answerable,
    { snapshot }: Plan,
    loaded: LoadedSession,
  ): Awaitable<CookieVerb> {
    const token = state.newToken()
    const fresh = { id: state.newId(), createdAt: loaded.record.createdAt }
    const left = onFailure(
      () => this.#engine.writer.leave(loaded, fresh, (newest) => onTopOf(newest, snapshot)),
      () => state.dropToken(),
    )
    return andThen<Left, CookieVerb>(left, (result) => {
      if (result === 'ended') return this.#destroyed(state, answer, loaded)
      if (result === 'gone') return this.#lost(state, gone(loaded), snapshot)
      return this.#moved(state, loaded, { ...result, token: result.token ?? token }, snapshot)
    })
  }

  #destroy(state: SessionState, answer: Answerable, loaded: LoadedSession): Awaitable<CookieVerb> {
    const destroyed = onFailure(
      () => this.#engine.writer.destroy(loaded.record.id),
      () => {
        loaded.endInDoubt = true
      },
    )
    return andThen<void, CookieVerb>(destroyed, () => this.#destroyed(state, answer, loaded))
  }

  #destroyed(state: SessionState, answer: Answerable, loaded: LoadedSession): CookieVerb {
    this.#engine.events.emit('destroyed', { id: loaded.record.id })
    // A session that was cleared goes on as a new one that has nothing yet; a destroyed one is over.
    if (state.fate === 'destroyed') state.end()
    else state.loaded = null
    // A browser that never got the cookie need not be told to drop it.
    return answer.presented ? 'clear' : 'none'
  }

  #discarded(state: SessionState, loss: Loss, snapshot: Snapshot): CookieVerb {
    this.#engine.events.emit('discarded', loss)
    return this.#lost(state, loss, snapshot)
  }

  /** The cookie is left alone: the browser may have a newer one already, from the very request that ended this session. */
  #lost(state: SessionState, loss: Loss, snapshot: Snapshot): CookieVerb {
    state.lose(loss, snapshot)
    return 'none'
  }

  /** Takes over how long others have kept a session alive meanwhile. Answers whether it lives. */
  #refresh(loaded: LoadedSession): Awaitable<boolean> {
    return andThen(this.#engine.loader.refresh(loaded.record.id), (record) => {
      if (record === null) return false
      const { touchedAt, expiresAt } = record
      loaded.record = { ...loaded.record, touchedAt, expiresAt }
      return true
    })
  }
}

const ONLY_READ: Handled = {
  fate: 'kept',
  used: true,
  changed: false,
  empty: false,
  carries: false,
  userChanged: false,
}
/** What a visitor without a session has read. */
const NOTHING_READ: Handled = { ...ONLY_READ, empty: true }

function gone({ record }: LoadedSession): Loss {
  return { id: record.id, reason: 'gone' }
}

function tooLate(id: string): Loss {
  return { id, reason: 'headers-sent' }
}

/** The ticket as it is when it has been signed again. */
function current(ticket: VerifiedTicket): VerifiedTicket {
  return { ...ticket, age: 'current' }
}

/** Makes the changes of a snapshot to newer data of the same session. */
function onTopOf(newest: DataObject, { base, inDoubt, text, carry }: Snapshot): DataObject {
  const data = carryOver(newest, carry)
  apply(diffTexts([base, ...inDoubt], text), data)
  return data
}
