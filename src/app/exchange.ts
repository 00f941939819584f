import type { Context } from 'hono'
import type { SessionEnv } from '../adapters/hono.ts'
import type { Passage } from '../core/passage.ts'
import { Answer } from './answer.ts'
import { HonoArrival, type SessionArrival } from './arrival.ts'
import type { LateErrors } from './late-errors.ts'
import { AppRequest, type RequestSettings } from './request.ts'
import { AppResponse } from './response.ts'

/** One request with its response, the same two objects for all its handlers. */
export class Exchange<Data extends object> implements LateErrors {
  readonly arrival: SessionArrival<Data>
  /** Its parameters are typed `never`, which fits every handler: each knows its own from its path. */
  readonly request: AppRequest<Data, never>
  readonly response: AppResponse
  readonly answer: Answer
  readonly #settings: RequestSettings<Data>

  /** @param passage - Of the session, when the app runs all handlers itself; `null` when Hono runs them. */
  constructor(arrival: SessionArrival<Data>, settings: RequestSettings<Data>, passage: Passage<Data> | null) {
    this.arrival = arrival
    this.#settings = settings
    this.request = new AppRequest<Data, never>(arrival, settings, passage)
    this.answer = new Answer(arrival, passage !== null, this)
    this.response = new AppResponse(this.answer, settings.sessions.cookieName)
  }

  /** Hono's context of the request. */
  get context(): Context<SessionEnv<Data>> {
    return this.arrival.context
  }

  /** Tells of an error that came when the request had its answer. */
  tellLate(error: unknown): void {
    this.#settings.tell(error, this.request.raw)
  }
}

/** Finds the exchange that belongs to Hono's context of a request. */
export class Exchanges<Data extends object> {
  readonly #settings: RequestSettings<Data>
  // A property of the context, for a WeakMap's entries cost every garbage collection: 17 us a request. Each app has a
  // key of its own, so that one mounted in another keeps its own requests.
  readonly #key = Symbol('coatcheck.exchange')

  constructor(settings: RequestSettings<Data>) {
    this.#settings = settings
  }

  of(context: Context<SessionEnv<Data>>): Exchange<Data> {
    const known: unknown = Reflect.get(context, this.#key)
    if (known instanceof Exchange) return known
    const exchange = new Exchange(new HonoArrival(context), this.#settings, null)
    this.keep(exchange)
    return exchange
  }

  /** Makes an exchange that can be found from now on. */
  keep(exchange: Exchange<Data>): void {
    Reflect.set(exchange.context, this.#key, exchange)
  }
}
