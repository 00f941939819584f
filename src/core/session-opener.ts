import { type Awaitable, isPromise } from './awaitable.ts'
import { StoreError } from './errors.ts'
import type { EventHub } from './events.ts'
import { LoadedSession } from './loaded-session.ts'
import type { Policy } from './policy.ts'
import { type CookieCarrier, cookieHeaderOf } from './request-cookie.ts'
import type { Found, SessionLoader } from './session-loader.ts'
import type { EndedRecords } from './store.ts'
import type { TicketBook } from './ticket.ts'
import type { UnreachableSession } from './unreachable-session.ts'
import type { VerifiedTicket } from './verified-ticket.ts'

/** What was found for a request's cookies. */
export interface Opening {
  /** The live session; `null` when there is none, or it could not be asked for. */
  readonly loaded: LoadedSession | null
  /** Why it could not be asked for, with `onStoreFailure: 'anonymous'`. */
  readonly unreachable: UnreachableSession | null
  /** Whether the request brought a cookie of our name, good or bad. */
  readonly presented: boolean
  /** The id of a record that was found and not let in; `null` for none. */
  readonly remains: string | null
  /** The ticket of a record that is not there. */
  readonly missing?: VerifiedTicket
}

/** Goes on from what was found for a request. */
export type GoOn<T> = (opening: Opening, request: CookieCarrier | null | undefined) => T

const NOTHING: Opening = { loaded: null, unreachable: null, presented: false, remains: null }
const NO_SESSION: Opening = { loaded: null, unreachable: null, presented: true, remains: null }

/** Finds what a request's cookies lead to. */
export class SessionOpener {
  readonly #tickets: TicketBook
  readonly #loader: SessionLoader
  readonly #policy: Policy
  readonly #events: EventHub
  readonly #ended: EndedRecords | undefined

  /** @param ended - What a store that is asked when a session is first used knows of ended records. */
  constructor(
    tickets: TicketBook,
    loader: SessionLoader,
    policy: Policy,
    events: EventHub,
    ended: EndedRecords | undefined,
  ) {
    this.#ended = ended
    this.#tickets = tickets
    this.#loader = loader
    this.#policy = policy
    this.#events = events
  }

  /** How many records have been ended so far; 0 where nobody has to know. */
  get ended(): number {
    return this.#ended === undefined ? 0 : this.#ended.count
  }

  /**
   * Checks the cookies, and asks the store when they hold one valid ticket.
   * @param goOn - Takes what was found, and the request, in the same step: a `then` of its own would be one more on every
   * request.
   * @throws {StoreError} the store failed or did not answer in time, unless `onStoreFailure` is `'anonymous'`.
   */
  open<T>(request: CookieCarrier | null | undefined, goOn: GoOn<T>): Awaitable<T> {
    const cookieHeader = cookieHeaderOf(request)
    if (cookieHeader === null || cookieHeader === undefined || cookieHeader === '')
      return goOn(NOTHING, request)
    const ticket = this.#tickets.find(cookieHeader)
    if (ticket === null) return goOn(NOTHING, request)
    if (typeof ticket === 'string') {
      this.#events.emit('missed', { reason: ticket })
      return goOn(NO_SESSION, request)
    }
    let loaded: Awaitable<Found>
    try {
      loaded = this.#loader.load(ticket)
    } catch (error) {
      return goOn(this.#withoutStore(ticket, error), request)
    }
    if (!isPromise(loaded)) return goOn(opening(loaded, ticket), request)
    return loaded.then(
      (one) => goOn(opening(one, ticket), request),
      (error: unknown) => goOn(this.#withoutStore(ticket, error), request),
    )
  }

  /**
   * Does the same when the session is first used, with a store that is immediate.
   * @param before - What `ended` was when the request came.
   */
  openLate(cookieHeader: string, before: number): Awaitable<Opening> {
    return this.open(cookieHeader, (opening) => {
      const { missing } = opening
      if (missing === undefined || !this.#ended?.isEndedSince(missing.id, before)) return opening
      return { ...opening, loaded: LoadedSession.ended(missing, this.#policy.now()) }
    })
  }

  #withoutStore(ticket: VerifiedTicket, error: unknown): Opening {
    if (this.#policy.onStoreFailure === 'fail' || !(error instanceof StoreError)) throw error
    return { loaded: null, unreachable: { ticket, error }, presented: true, remains: null }
  }
}

function opening(found: Found, ticket: VerifiedTicket): Opening {
  if (found === null) return { ...NO_SESSION, missing: ticket }
  if (found === 'not let in') return { ...NO_SESSION, remains: ticket.id }
  return { loaded: found, unreachable: null, presented: true, remains: null }
}
