import { sessionOf } from '../adapters/hono.ts'
import { UsageError } from '../core/errors.ts'
import type { Passage } from '../core/passage.ts'
import type { Session, SessionReplacement } from '../core/session.ts'
import type { DefaultData, ParsedJson } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import { takeOver } from '../core/take-over.ts'
import type { Arrival } from './arrival.ts'
import { readBody } from './body.ts'
import { clientAddress } from './client-address.ts'
import { collectFields, type Fields } from './fields.ts'
import { parseCookies } from './request-cookies.ts'

/** What the app settles for all its requests. */
export interface RequestSettings<Data extends object> {
  bodyLimit: number
  sessions: Sessions<Data>
  /** Tells of an error nobody can be answered for. */
  tell(error: unknown, request: Request): void
}

/** A request, as handlers see it. */
export class AppRequest<Data extends object = DefaultData, Params = Record<string, string>> {
  readonly #arrival: Arrival
  readonly #settings: RequestSettings<Data>
  readonly #passage: Passage<Data> | null
  #body: Promise<ParsedJson> | undefined
  #query: Fields<string> | undefined
  #cookies: Record<string, string> | undefined
  #headers: Record<string, string> | undefined

  /**
   * Wraps one request; the app does this for you.
   * @param passage - Of the request's session; `null` where Hono's middleware has it.
   */
  constructor(arrival: Arrival, settings: RequestSettings<Data>, passage: Passage<Data> | null) {
    this.#arrival = arrival
    this.#settings = settings
    this.#passage = passage
  }

  /** The web `Request` underneath: for what this class does not show, such as the body as a stream. */
  get raw(): Request {
    return this.#arrival.context.req.raw
  }

  /** The method in capitals, such as `'GET'`. */
  get method(): string {
    return this.#arrival.method
  }

  /** The path and the query, such as `'/search?q=tea'`. `req.raw.url` has the whole address. */
  get url(): string {
    return this.#arrival.url
  }

  /** The path, percent-decoded as the routes saw it. */
  get path(): string {
    return this.#arrival.path
  }

  /** The parameters of the route: `'/users/:id'` gives `id`, percent-decoded. */
  get params(): Params {
    // Typed by the route's path, and it is that path the router has matched.
    return this.#arrival.params as Params
  }

  /** The query's values by name; a name that comes several times has a list. */
  get query(): Readonly<Fields<string>> {
    this.#query ??= collectFields(this.#arrival.query)
    return this.#query
  }

  /** The headers by name in lower case. */
  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= this.#arrival.context.req.header()
    return this.#headers
  }

  /** The cookies by name, percent-decoded; of several with one name the first. The session's own is not among them. */
  get cookies(): Readonly<Record<string, string>> {
    this.#cookies ??= parseCookies(this.raw.headers.get('cookie'), this.#settings.sessions.cookieName)
    return this.#cookies
  }

  /**
   * The address the connection comes from; `undefined` without a server, as in `app.request()`. Behind a proxy it
   * is the proxy's: forwarding headers are not believed.
   */
  get ip(): string | undefined {
    return clientAddress(this.raw, this.#arrival.context.env)
  }

  /**
   * The visitor's session. Saved before the response leaves; an untouched one costs nothing.
   * @throws {UsageError} `ERR_NOT_MOUNTED` it could not be loaded: only an error handler can meet that.
   */
  get session(): Session<Data> {
    // Asked for each time, and not Hono's variable: after `regenerate(callback)` the session is another object.
    if (this.#passage !== null) return this.#passage.session
    const session = sessionOf(this.#arrival.context, this.#settings.sessions)
    if (session !== undefined) return session
    throw new UsageError('ERR_NOT_MOUNTED', 'This request has no session: it could not be loaded.')
  }

  /** Ends the session when it is `null` or `undefined`, as `clear()` does; an object takes the place of its data. */
  set session(replacement: SessionReplacement<Data>) {
    const { session } = this
    if (replacement !== session) takeOver(session, replacement)
  }

  /**
   * A promise of the body: `await req.body`. JSON is parsed; a form's fields and a multipart body's fields and web
   * `File`s come by name, several of one name as a list; text is text. Without a body it is `{}`.
   *
   * It rejects with an {@link HttpError}, which becomes the answer if you let it: 413 over `bodyLimit`, 415 for what
   * cannot be read, 400 for what is malformed.
   */
  get body(): Promise<ParsedJson> {
    if (this.#body === undefined) {
      this.#body = readBody(this.#arrival.context.req, this.#settings.bodyLimit)
      // A handler that forgets to await must not let a client's bad body end the process.
      this.#body.catch(() => {})
    }
    return this.#body
  }

  /** Gives a header, whatever the case of its name. */
  get(name: string): string | undefined {
    return this.raw.headers.get(name) ?? undefined
  }
}
