import { type Awaitable, andThen, isPromise } from './awaitable.ts'
import { carryOf } from './carry.ts'
import { checkChange, type DraftChange } from './draft-change.ts'
import type { Engine } from './engine.ts'
import { isSessionError } from './errors.ts'
import { latestEnd } from './expiry.ts'
import { isError } from './is-error.ts'
import { notImmediate, tooLateForNewId, tooLateToSave } from './passage-errors.ts'
import type { CookieCarrier } from './request-cookie.ts'
import type { ResponseEffects } from './response-effects.ts'
import type { ReadonlySession, Session } from './session.ts'
import type { SessionFollower } from './session-follower.ts'
import { type SessionDesk, sessionObject } from './session-object.ts'
import type { Opening } from './session-opener.ts'
import type { CookieVerb, SessionSaver } from './session-saver.ts'
import { SessionState } from './session-state.ts'
import { beginOf, endOfUse } from './session-times.ts'
import { SessionUpdater, type UpdatedAnswer } from './session-updater.ts'
import type { RegenerateOptions } from './session-verbs.ts'
import { warn } from './warning.ts'

/** One request's way through the engine, as an adapter sees it. */
export interface Passage<Data extends object> {
  /** The session to hand to the handler. Another object after `regenerate(callback)`: ask again each time. */
  readonly session: Session<Data>
  /**
   * Saves the session. Call it before the response's headers leave, and do not let them leave before it has
   * answered; then write what it answers into them with `applyEffects`. Call it again when the body ends.
   * @param status - The response's. A 503 leaves as it is when the store fails: it says what would be answered instead.
   * @returns What the session does to the headers; `null` for nothing.
   * @throws {StoreError} the save failed: answer with the error instead of the handler's response, and with what
   * `giveUp` says.
   * @throws {DataError} the data cannot be kept: likewise.
   */
  commit(status?: number): Awaitable<ResponseEffects | null>
  /**
   * Saves the session when the client has left before its answer. What is changed later is saved by itself; what needs a new cookie
   * is dropped, with the event `discarded`.
   * @throws {StoreError} the save failed. There is nobody to tell.
   * @throws {DataError} the data cannot be kept: likewise.
   */
  commitUnheard(): Awaitable<void>
  /** Gives what the saves until now do to the headers, should they leave at once; `null` for nothing. Saves nothing. */
  effectsUntilNow(): ResponseEffects | null
  /**
   * Saves nothing more by itself. Call it before an error is sent in the place of the handler's response.
   * @returns What the saves until now do to the error's headers, such as the cookie of an id that has changed; `null` for nothing.
   */
  giveUp(): ResponseEffects | null
  /**
   * Calls `hold` before the session is first used; at once when there is something to save without that. Until then
   * the response need not wait for `commit`.
   * @param hold - Sees to it that `commit` is called, and tells whether the response's headers can still wait for it.
   */
  whenUsed(hold: () => boolean): void
  /** Tells `follower`, and nobody else from then on, when `session` becomes another object or is saved late. */
  follow(follower: SessionFollower): void
  /** Gives the session for looking at only: what it is asked to change throws. */
  readonlySession(): ReadonlySession<Data>
}

/** An update that was asked for, and how it failed, when it has. */
interface UpdateBegun {
  failure: { readonly error: unknown } | null
}

const NO_UPDATES: readonly UpdateBegun[] = []

/** Service Unavailable. */
const UNAVAILABLE = 503

/** A request between `open` and the end of its response: runs its saves one after another. */
export class RequestPassage<Data extends object> implements Passage<Data>, SessionDesk, UpdatedAnswer {
  readonly #engine: Engine
  readonly #saver: SessionSaver
  readonly #request: CookieCarrier | null
  /** The `Cookie` header that the session is looked for by when somebody uses it; `null` once it was. */
  #unopened: string | null
  /** How many records had been ended when the request came. */
  readonly #endedBefore: number
  /** Whether the request brought a cookie of our name, good or bad. */
  presented = false
  /** Whether the response waits to leave, or has left. */
  leaving = false
  /** Whether the response's headers have gone out, so that no cookie can be set. */
  headersSent = false
  #state: SessionState
  #session: Session<Data> | null = null
  #follower: SessionFollower | null = null
  #hold: (() => boolean) | null = null
  #cookie: CookieVerb = 'none'
  #failed = false
  /** Whether the client has left before its answer. */
  #unheard = false
  /** What the saves before a failure do to the headers of the error that is answered instead. */
  #effectsOnError: ResponseEffects | null = null
  #usedMeanwhile = false
  #lateSave = false
  #running: Promise<unknown> | null = null
  /** The updates that have not ended; `null` before the first. */
  #updates: Set<UpdateBegun> | null = null

  /** @param unopened - The `Cookie` header to look for a session by when somebody uses it; `null` when `begin` is called. */
  constructor(engine: Engine, saver: SessionSaver, request: CookieCarrier | null, unopened: string | null) {
    this.#endedBefore = engine.opener.ended
    this.#engine = engine
    this.#saver = saver
    this.#state = new SessionState(engine.policy, engine.onCorrupt)
    this.#request = request
    this.#unopened = unopened
  }

  /** Goes on from what was found for the request's cookies. */
  begin({ loaded, unreachable, presented, remains }: Opening): this {
    this.#state.stand(loaded)
    this.#state.unreachable = unreachable
    this.#state.remains = remains
    this.presented = presented
    return this
  }

  get session(): Session<Data> {
    this.#session ??= sessionObject<Data>(this.#state, this, false)
    return this.#session
  }

  whenUsed(hold: () => boolean): void {
    this.#hold = hold
    if (this.#hasToSave) this.#holdBack()
  }

  #holdBack(): void {
    if (this.#hold === null) return
    if (!this.#hold()) this.headersSent = true
    this.#hold = null
  }

  follow(follower: SessionFollower): void {
    this.#follower = follower
  }

  readonlySession(): ReadonlySession<Data> {
    return sessionObject<Data>(this.#state, this, true)
  }

  commit(status?: number): Awaitable<ResponseEffects | null> {
    // A failed response is answered with an error, whose own headers must not wait for the same failure again.
    if (this.#failed) return null
    this.#usedMeanwhile = false
    this.leaving = true
    // An update that has not ended is one the handler did not wait for: the response is what can still tell that it failed.
    const begun = this.#updates === null ? NO_UPDATES : [...this.#updates]
    try {
      const departed = this.#inOrder(() => this.#saveAndDepart(begun))
      return isPromise(departed)
        ? departed.then(undefined, (error: unknown) => this.#fail(error, status))
        : departed
    } catch (error) {
      return this.#fail(error, status)
    }
  }

  commitUnheard(): Awaitable<void> {
    this.#unheard = true
    this.headersSent = true
    return andThen(this.commit(), () => {})
  }

  /** In one step: between the save and the head that goes with it, nothing else is saved whose cookie the head would lack. */
  #saveAndDepart(begun: readonly UpdateBegun[]): Awaitable<ResponseEffects | null> {
    return andThen(this.#saveNow(), () => {
      for (const { failure } of begun) if (failure !== null) throw failure.error
      return this.#depart()
    })
  }

  effectsUntilNow(): ResponseEffects | null {
    return this.headersSent || this.#cookie === 'none' ? null : this.#effects()
  }

  giveUp(): ResponseEffects | null {
    // What has departed with a response that turned out to be none that can be sent is said again.
    if (!this.#failed) this.#abandonHead(this.#effectsOnError)
    return this.#effectsOnError
  }

  takesNewId(): boolean {
    if (this.headersSent) return false
    const answer = this.#follower?.answerState?.() ?? 'open'
    if (answer === 'open') return true
    // From here on it is as if the adapter had said so.
    this.headersSent = true
    if (answer === 'unheard') this.#unheard = true
    return false
  }

  #depart(): ResponseEffects | null {
    if (this.headersSent) return null
    this.headersSent = true
    if (this.#usedMeanwhile) this.#saveLater()
    const effects = this.#effects()
    if (this.#cookie !== 'none') this.#effectsOnError = effects
    return effects
  }

  #effects(): ResponseEffects | null {
    const { used, loaded } = this.#state
    const { cookie, plainHttp, tickets, policy } = this.#engine
    if (this.#cookie === 'set' && loaded !== null) {
      plainHttp.look(this.#request)
      const life = latestEnd(loaded.record.createdAt, policy) - policy.now()
      return { setCookie: cookie.set(tickets.issue(loaded.ticket.token), life), cookie }
    }
    if (this.#cookie === 'clear') return { setCookie: cookie.clear(), cookie }
    return used ? this.#engine.effectsOfUse : null
  }

  #fail(error: unknown, status: number | undefined): ResponseEffects | null {
    this.#abandonHead(null)
    // Nobody takes it for a success, and it may be what the app itself has to say of this very failure.
    const says = status === UNAVAILABLE && isSessionError(error) && error.status === status
    if (!says) throw error
    return this.#effectsOnError ?? (this.#state.used ? this.#engine.effectsOfUse : null)
  }

  /** Makes way for an error. What is saved from here on has no response to set a cookie in. */
  #abandonHead(departed: ResponseEffects | null): void {
    this.#failed = true
    this.#effectsOnError = this.effectsUntilNow() ?? departed
    this.headersSent = true
  }

  #save(): Awaitable<void> {
    return this.#inOrder(() => this.#saveNow())
  }

  #saveNow(): Awaitable<void> {
    if (!this.#hasToSave) return
    return andThen(this.#saver.save(this.#state, this), (verb) => this.note(verb))
  }

  get #hasToSave(): boolean {
    return this.#state.used || this.#state.loaded?.ticket.age === 'older'
  }

  note(verb: CookieVerb): void {
    if (verb !== 'keep') this.#cookie = verb
  }

  /** Runs `work` when what was begun before it is done. At once, and without a promise, when nothing is. */
  #inOrder<T>(work: () => Awaitable<T>): Awaitable<T> {
    const begun = this.#running === null ? work() : this.#running.then(work, work)
    if (!isPromise(begun)) return begun
    const running: Promise<T> = Promise.resolve(begun).finally(() => {
      if (this.#running === running) this.#running = null
    })
    this.#running = running
    return running
  }

  use(state: SessionState): void {
    if (this.#unopened !== null) this.#open(this.#unopened)
    this.#holdBack()
    state.used = true
    if (this.headersSent) this.#saveLater()
    // Perhaps too late for the save under way, with nobody to begin another.
    else if (this.#running !== null) this.#usedMeanwhile = true
  }

  /** Looks for the session now that it is used. When that fails, the next use tries again. */
  #open(unopened: string): void {
    const opening = this.#engine.opener.openLate(unopened, this.#endedBefore)
    if (isPromise(opening)) throw notImmediate(opening)
    this.#unopened = null
    this.begin(opening)
  }

  #saveLater(): void {
    if (this.#lateSave || this.#failed) return
    // Where a body's end cannot be seen (a web Response), this is what saves a change made while it streams.
    this.#lateSave = true
    queueMicrotask(() => {
      this.#lateSave = false
      const saving = this.#saveOrWarn()
      try {
        this.#follower?.keepAwake?.(saving)
      } catch {
        // Most runtimes have nothing of the kind and need none: the save goes on.
      }
    })
  }

  async #saveOrWarn(): Promise<void> {
    try {
      await this.#save()
    } catch (error) {
      const reason = isError(error) ? error.message : typeof error
      warn(`A change of the session made after the response had begun was not saved: ${reason}`)
    }
  }

  createdAt(state: SessionState): number {
    return beginOf(state, this.#engine.policy)
  }

  expiresAt(state: SessionState, readonly: boolean): number {
    return endOfUse(state, readonly, this.#engine.policy)
  }

  clear(state: SessionState): void {
    // A destroyed session is empty already, and stays destroyed: only regenerate() starts afresh.
    if (state.fate !== 'destroyed') state.renew([])
  }

  regenerate(state: SessionState, options: RegenerateOptions | readonly string[] | undefined): void {
    const carry = carryOf(options)
    this.#refuseTooLate()
    state.renew(carry)
  }

  async regenerateAsNew(state: SessionState): Promise<void> {
    this.#refuseTooLate()
    // A save under way must have told the old state what it wrote, or the new one would not know what to end.
    await this.#inOrder(() => {
      if (state !== this.#state) return
      const before = this.session
      this.#state = state.successor()
      this.#session = null
      this.#follower?.sessionReplaced(before, this.session)
    })
  }

  async destroy(state: SessionState): Promise<void> {
    state.destroy()
    await this.save(state)
  }

  async save(state: SessionState): Promise<void> {
    // An object whose place a new one has taken can still be read; there is nothing of it to save.
    if (state !== this.#state) return
    await this.#inOrder(() => {
      const { lost } = state
      // In the same step: what is saved behind this may be lost, and this was not.
      return andThen(this.#saveNow(), () => {
        if (state.lost !== lost) this.#tellOfLoss(state)
      })
    })
  }

  #tellOfLoss({ lost }: SessionState): void {
    // Whom an error is answered is not told of a success.
    if (this.#failed || this.#unheard || lost?.reason !== 'headers-sent') return
    throw tooLateToSave()
  }

  async reload(state: SessionState): Promise<void> {
    const { turns } = state
    await this.#inOrder(async () => {
      const { loaded, unreachable } = state
      const ticket = loaded === null ? unreachable?.ticket : loaded.ticket
      const found = ticket === undefined ? null : await this.#engine.loader.load(ticket)
      // Renewed or destroyed meanwhile: what was wished for later counts.
      if (turns !== state.turns) return
      state.restart(found === 'not let in' ? null : found)
      if (ticket !== undefined) state.remains = found === 'not let in' ? ticket.id : null
    })
  }

  update(state: SessionState, change: DraftChange): Promise<boolean> {
    this.#updates ??= new Set()
    const updates = this.#updates
    const begun: UpdateBegun = { failure: null }
    updates.add(begun)
    return Promise.resolve(
      this.#inOrder(async () => {
        try {
          checkChange(change)
          if (state !== this.#state) return false
          return await new SessionUpdater(this.#engine, this.#saver).update(state, change, this)
        } catch (error) {
          begun.failure = { error }
          throw error
        } finally {
          updates.delete(begun)
        }
      }),
    )
  }

  #refuseTooLate(): void {
    if (!this.headersSent && !this.leaving) return
    // Whoever leaves must not end the process of a handler that does not await what it asks for.
    if (this.#unheard) return
    throw tooLateForNewId()
  }
}
