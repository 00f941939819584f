import type { Session } from '../../src/core/session.ts'
import type { Sessions } from '../../src/core/sessions.ts'
import { Exchange, type Response } from './exchange.ts'

/** A visitor's browser: sends the session's cookie, keeps or drops it as the responses say. */
export class Browser<Data extends object> {
  readonly #sessions: Sessions<Data>
  /** The ticket the browser holds; `null` for none. */
  ticket: string | null

  constructor(sessions: Sessions<Data>, ticket: string | null = null) {
    this.#sessions = sessions
    this.ticket = ticket
  }

  /** The `Cookie` header the browser sends. */
  get cookie(): string | null {
    return this.ticket === null ? null : `${this.#sessions.cookieName}=${this.ticket}`
  }

  /** Begins a request. The session is loaded, the handler has not run yet. */
  async arrive(): Promise<Exchange<Data>> {
    return new Exchange(await this.#sessions.open(this.cookie))
  }

  /** Takes what a response says about the cookie. */
  receive(response: Response): Response {
    if (response.ticket !== null) this.ticket = response.ticket
    else if (response.clearsCookie) this.ticket = null
    return response
  }

  /** Makes a whole request. */
  async request(handler: (session: Session<Data>) => unknown = () => {}): Promise<Response> {
    const exchange = await this.arrive()
    await handler(exchange.session)
    return this.receive(await exchange.leave())
  }

  /** Makes a request that only looks: the data as the next handler would see it. */
  async look(): Promise<Partial<Data>> {
    const { session } = await this.arrive()
    return session.toJSON()
  }

  /** A copy of this browser, cookie included: another tab, or a thief. */
  copy(): Browser<Data> {
    return new Browser(this.#sessions, this.ticket)
  }
}
