import type { Awaitable } from './awaitable.ts'
import { conditionalStore, nameOf } from './basic-store.ts'
import type { Engine } from './engine.ts'
import { ConfigError } from './errors.ts'
import { EventHub, type EventName, type SessionEvents } from './events.ts'
import { KeyRing } from './key-ring.ts'
import { AS_IN_SESSIONS, type OptionNames } from './option-names.ts'
import { resolvePolicy, type SessionsOptions } from './options.ts'
import { type Passage, RequestPassage } from './passage.ts'
import { PlainHttpWarning } from './plain-http.ts'
import { RecordWriter } from './record-writer.ts'
import { type CookieCarrier, cookieHeaderOf } from './request-cookie.ts'
import type { ReadonlySession } from './session.ts'
import { SessionCookie } from './session-cookie.ts'
import type { DefaultData } from './session-data.ts'
import { SessionLoader } from './session-loader.ts'
import { type GoOn, SessionOpener } from './session-opener.ts'
import { SessionSaver } from './session-saver.ts'
import { shownValue } from './shown-value.ts'
import type { StorableData } from './storable-data.ts'
import type { ConditionalStore } from './store.ts'
import { StoreAccess } from './store-access.ts'
import { isSessionId, TicketBook } from './ticket.ts'
import { StoredUserSessions, type UserSessions } from './user-sessions.ts'

/** The manager of an application's sessions. Build it once, with {@link createSessions}. */
export interface Sessions<Data extends object = DefaultData> {
  /** The name of the session's cookie. */
  readonly cookieName: string
  /**
   * Begins a request: finds the live session its cookie proves. For adapters; a handler gets `session` from its framework.
   * Answers without a promise when the store does, or when there is no valid ticket to ask it about. A store that is
   * `immediate` is asked when the session is first used.
   * @param request - The request, or its `Cookie` header; several lines joined with `; `.
   * @throws {StoreError} the store failed or did not answer in time, unless `onStoreFailure` is `'anonymous'`.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the request has no headers, or its `Cookie` header is no text.
   */
  open(request: CookieCarrier | null | undefined): Awaitable<Passage<Data>>
  /**
   * Gives the session of a request for looking at, where there is no response to set a cookie on: a WebSocket
   * upgrade, a socket.io handshake. Extends and changes nothing.
   * @throws {StoreError} the store failed or did not answer in time, unless `onStoreFailure` is `'anonymous'`.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the request has no headers, or its `Cookie` header is no text.
   */
  read(request: CookieCarrier): Promise<ReadonlySession<Data>>
  /**
   * Calls `listener` at each event of this name.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` there is no such event, or the listener is no function.
   * @returns A function that stops it.
   */
  on<Name extends EventName>(name: Name, listener: (event: SessionEvents[Name]) => void): () => void
  /**
   * Ends somebody's session by its id. An unknown id is not an error.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the id is not a text: nothing was ended.
   * @throws {StoreError} the store failed; the session may still live; safe to repeat.
   */
  revoke(id: string): Promise<void>
  /**
   * Gives the sessions of one user.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the user id is not a text, or empty.
   */
  user(id: string | number): UserSessions<Data>
  /**
   * Disposes the store: stops its timers and closes what it opened itself.
   * @throws {StoreError} the store could not be disposed.
   */
  dispose(): Promise<void>
}

/**
 * Builds the manager of an application's sessions.
 *
 * @throws {ConfigError} `ERR_CONFIG_INSECURE` a weak or missing secret, or a cookie browsers would refuse;
 * `ERR_CONFIG_INVALID` an unknown option or an unusable value. The message names the option and the fix.
 * @see OWASP ASVS 5.0 chapter V7
 */
export function createSessions<Data extends StorableData<Data> & object = DefaultData>(
  options: SessionsOptions<Data>,
): Sessions<Data> {
  return new StoredSessions<Data>(options, AS_IN_SESSIONS)
}

/** Builds a manager as {@link createSessions} does, for who has taken its options under other names. */
export function buildSessions<Data extends StorableData<Data> & object>(
  options: SessionsOptions<Data>,
  name: OptionNames,
): Sessions<Data> {
  return new StoredSessions<Data>(options, name)
}

class StoredSessions<Data extends object> implements Sessions<Data> {
  readonly cookieName: string
  readonly #engine: Engine
  readonly #saver: SessionSaver
  readonly #store: ConditionalStore
  readonly #access: StoreAccess
  /** Whether a session is looked for when it is first used, not before. */
  readonly #defers: boolean

  constructor(options: SessionsOptions<Data>, name: OptionNames) {
    const policy = resolvePolicy(options, name)
    const keys = new KeyRing(options.secret, name('secret'))
    const cookie = new SessionCookie(options.cookie ?? {}, name)
    const events = new EventHub()
    this.#store = conditionalStore(options.store, policy.storeTimeout)
    this.#access = new StoreAccess(this.#store, nameOf(options.store), policy.storeTimeout, events)
    const tickets = new TicketBook(keys, cookie.name, cookie.place)
    const loader = new SessionLoader(this.#access, policy, events)
    // A schema may ask somebody else, and a ticket of an older key is signed again even where nobody uses its session.
    const defers = options.store.immediate === true && policy.validate === null && !keys.rotating
    const ended = defers ? options.store.ended : undefined
    this.#engine = {
      policy,
      cookie,
      plainHttp: new PlainHttpWarning(cookie),
      events,
      tickets,
      loader,
      opener: new SessionOpener(tickets, loader, policy, events, ended),
      writer: new RecordWriter(this.#access, policy, events),
      onCorrupt: (id) => events.emit('missed', { reason: 'corrupt', id }),
      effectsOfUse: { setCookie: null, cookie },
    }
    this.#saver = new SessionSaver(this.#engine)
    this.#defers = ended !== undefined
    this.cookieName = cookie.name
    this.#store.onEvict?.((id) => events.emit('evicted', { id }))
  }

  open(request: CookieCarrier | null | undefined): Awaitable<Passage<Data>> {
    // The header now, what it leads to later: others may take it off the request meanwhile, and Deno forgets the headers of
    // a request that was upgraded or answered.
    if (this.#defers) return this.#passage(request ?? null, cookieHeaderOf(request) ?? null)
    return this.#engine.opener.open(request, this.#begin)
  }

  async read(request: CookieCarrier): Promise<ReadonlySession<Data>> {
    const passage = await this.#engine.opener.open(request, this.#begin)
    return passage.readonlySession()
  }

  on<Name extends EventName>(name: Name, listener: (event: SessionEvents[Name]) => void): () => void {
    return this.#engine.events.on(name, listener)
  }

  async revoke(id: string): Promise<void> {
    if (typeof id !== 'string') {
      throw new ConfigError(
        'ERR_CONFIG_INVALID',
        `sessions.revoke() needs the id of a session, such as session.id (got ${shownValue(id)}). Nothing was ended.`,
      )
    }
    // Anything else is no session's id, and no store should have to take it for a key.
    if (!isSessionId(id)) return
    await this.#access.destroy(id)
    this.#engine.events.emit('revoked', { id, count: 1 })
  }

  user(id: string | number): UserSessions<Data> {
    const user = typeof id === 'number' ? String(id) : id
    if (typeof user !== 'string' || user === '') {
      throw new ConfigError(
        'ERR_CONFIG_INVALID',
        'sessions.user() needs the id of a user: a text that is not empty, or a number.',
      )
    }
    return new StoredUserSessions<Data>(
      user,
      this.#store,
      this.#access,
      this.#engine.policy,
      this.#engine.events,
    )
  }

  async dispose(): Promise<void> {
    await this.#access.run('dispose', () => this.#store.dispose?.())
  }

  readonly #begin: GoOn<RequestPassage<Data>> = (opening, request) =>
    this.#passage(request ?? null, null).begin(opening)

  #passage(request: CookieCarrier | null, unopened: string | null): RequestPassage<Data> {
    return new RequestPassage<Data>(this.#engine, this.#saver, request, unopened)
  }
}
