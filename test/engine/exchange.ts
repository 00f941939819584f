import type { Passage } from '../../src/core/passage.ts'
import { applyEffects, type ResponseEffects } from '../../src/core/response-effects.ts'
import type { Session } from '../../src/core/session.ts'
import { HeaderMap } from './header-map.ts'

/** One request and its response, as an adapter would take it through the engine, step by step. */
export class Exchange<Data extends object> {
  readonly passage: Passage<Data>
  /** The response's headers. The handler's own can be set here before `leave()`. */
  readonly headers: HeaderMap = new HeaderMap()

  constructor(passage: Passage<Data>) {
    this.passage = passage
  }

  get session(): Session<Data> {
    return this.passage.session
  }

  /** Commits, and writes the effects into the headers, which leave with it. */
  async leave(): Promise<Response> {
    const effects = await this.passage.commit()
    if (effects !== null) applyEffects(effects, this.headers)
    return new Response(effects, this.headers)
  }

  /** Commits once more, as an adapter does at the end of a streamed body. */
  async end(): Promise<ResponseEffects | null> {
    return this.passage.commit()
  }
}

/** What left with a response. */
export class Response {
  // Private, so that no failing test prints a ticket.
  readonly #effects: ResponseEffects | null
  readonly headers: HeaderMap

  constructor(effects: ResponseEffects | null, headers: HeaderMap) {
    this.#effects = effects
    this.headers = headers
  }

  /** Whether the session does anything to the headers. */
  get isPlain(): boolean {
    return this.#effects === null
  }

  /** The session's own `Set-Cookie` line; `null` when it sends none. */
  get setCookie(): string | null {
    return this.#effects?.setCookie ?? null
  }

  /** The ticket the response hands out; `null` when it hands out none or takes the cookie away. */
  get ticket(): string | null {
    const value = this.setCookie?.split(';')[0]?.split('=')[1] ?? ''
    return value === '' ? null : value
  }

  /** Whether the response takes the cookie away. */
  get clearsCookie(): boolean {
    return this.setCookie?.includes('Max-Age=0') ?? false
  }
}
