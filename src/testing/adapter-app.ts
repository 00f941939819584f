import type { Awaitable } from '../core/awaitable.ts'
import type { Session } from '../core/session.ts'
import type { Sessions } from '../core/sessions.ts'

/**
 * How a route answers, without saying in which framework. Each kind is to be answered by the framework's usual means:
 * `res.json`, `reply.send`, `c.json`.
 */
export type Answer =
  | JsonAnswer
  | RedirectAnswer
  | EmptyAnswer
  | FileAnswer
  | StreamAnswer
  | EventsAnswer
  | ResponseAnswer

/** An answer in JSON. */
export interface JsonAnswer {
  /** Which answer this is. */
  kind: 'json'
  /** What is sent, as JSON. */
  body: object
  /** Default 200. */
  status?: 200 | 500 | 503
  /** Further headers. */
  headers?: Record<string, string>
  /** `Set-Cookie` lines of the app's own, to be added one by one. */
  cookies?: readonly string[]
}

/** A redirect with the status 302. */
export interface RedirectAnswer {
  /** Which answer this is. */
  kind: 'redirect'
  /** Where it leads: a path or an address. */
  to: string
  /** Whether by the framework's own redirect, which may send a body; else by status and `Location` alone. */
  body: boolean
}

/** An answer without a body. */
export interface EmptyAnswer {
  /** Which answer this is. */
  kind: 'empty'
  /** The response's status. */
  status: 200 | 204 | 304
}

/** Any file there is, sent by the framework's means for files. */
export interface FileAnswer {
  /** Which answer this is. */
  kind: 'file'
}

/** A stream of text, piped into the response. */
export interface StreamAnswer {
  /** Which answer this is. */
  kind: 'stream'
  /** The pieces of the text, sent as they come. */
  chunks: AsyncIterable<string>
}

/** Server-sent events: the headers are flushed first, then each event is written as it comes, as `data: …\n\n`. */
export interface EventsAnswer {
  /** Which answer this is. */
  kind: 'events'
  /** The events, without what the protocol puts around them. */
  events: AsyncIterable<string>
}

/** A web `Response`, given to the framework as it is. */
export interface ResponseAnswer {
  /** Which answer this is. */
  kind: 'response'
  /** The response. */
  response: Response
}

/** What a route works with. */
export interface RouteContext {
  /** The session of the innermost mount, as the framework gives it at the moment it is asked for. */
  readonly session: Session
}

/** A path, and what it answers to every method. What it throws or rejects with is the framework's to handle. */
export interface AppRoute {
  /** The path within its scope, such as `/login`. */
  path: string
  /** Makes the answer. */
  answer(context: RouteContext): Awaitable<Answer>
}

/** A part of an app: the app itself, or a sub-app, router or plugin of its own below a path. */
export interface AppScope {
  /** The path below which it answers: `''` for the app itself, else such as `/admin`. */
  path: string
  /** The managers to mount, in this order, before its routes. One may stand here twice. */
  mounts: readonly Sessions[]
  /** Runs for every request of this scope after the mounts, and goes on to the routes. */
  before?: (context: RouteContext) => void
  /** What it answers. */
  routes: readonly AppRoute[]
  /** The parts below it. Their requests pass this scope's mounts first. */
  scopes?: readonly AppScope[]
}

/** An app to be built in the framework whose adapter is tested. */
export interface AdapterApp extends AppScope {
  /** Answers for an error in place of the framework: to be registered as the framework's error handler. */
  onError?: (error: unknown, context: RouteContext) => Answer
}

/** An app that answers. */
export interface ServedApp {
  /** Its address, such as `http://127.0.0.1:4711`. */
  origin: string
  /** Sends a request and does not follow redirects. Default: the platform's `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /**
   * Sends a GET with each of these as a `Cookie` header field of its own, and gives the body. Leave it out where
   * a client has no means for that.
   */
  getWithCookieFields?: (path: string, cookies: readonly string[]) => Promise<string>
  /** Stops it. Called after the case, whatever came of it. */
  close(): Awaitable<unknown>
}
