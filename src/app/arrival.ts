import type { Context } from 'hono'
import type { SessionEnv } from '../adapters/hono.ts'

/** A request as it has come to the app. */
export interface Arrival {
  /** Hono's context of it. One that came to a Node server may be given to Hono only now. */
  readonly context: Context
  /** The method in capitals. */
  readonly method: string
  /** The path, percent-decoded as the routes see it. */
  readonly path: string
  /** The path and the query, as they were sent. */
  readonly url: string
  /** The parameters of the current handler's route, percent-decoded. */
  readonly params: Record<string, string>
  /** The query's values. */
  readonly query: URLSearchParams
}

/** A request that will have a session. */
export interface SessionArrival<Data extends object> extends Arrival {
  readonly context: Context<SessionEnv<Data>>
}

/** Tells the handlers of one request apart, whose routes may differ. */
export interface RouteTurner {
  /** Makes the request's route, and its parameters, those of one of the handlers. */
  turnTo(at: number): void
}

/** A request that Hono has taken, and given to the app. */
export class HonoArrival<Data extends object> implements SessionArrival<Data> {
  readonly context: Context<SessionEnv<Data>>

  constructor(context: Context<SessionEnv<Data>>) {
    this.context = context
  }

  get method(): string {
    return this.context.req.raw.method
  }

  get path(): string {
    return this.context.req.path
  }

  get url(): string {
    const { url } = this.context.req.raw
    return url.slice(url.indexOf('/', url.indexOf('://') + 3))
  }

  get params(): Record<string, string> {
    return this.context.req.param()
  }

  get query(): URLSearchParams {
    return new URL(this.context.req.raw.url).searchParams
  }
}
