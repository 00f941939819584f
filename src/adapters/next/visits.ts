import type { Awaitable } from '../../core/awaitable.ts'
import type { Passage } from '../../core/passage.ts'
import type { HeaderSource } from '../../core/request-header.ts'
import type { ReadonlySession, Session } from '../../core/session.ts'
import type { Sessions } from '../../core/sessions.ts'
import { type CookieJar, cookieHeaderIn } from './cookie-jar.ts'
import { Visit } from './visit.ts'

/** The request that Next is answering. */
export interface NextRequest {
  /** Its cookies, with what was changed since. */
  readonly jar: CookieJar
  /** Its headers, as they came: one object for all that is done for the request. */
  readonly came: HeaderSource
}

/** Finds the session of a request, for as long as somebody works with it. */
export class Visits<Data extends object> {
  readonly #sessions: Sessions<Data>
  readonly #visits = new WeakMap<object, Visit<Data>>()

  constructor(sessions: Sessions<Data>) {
    this.#sessions = sessions
  }

  /** Gives the session for looking at: the one that is at work, as it stands. */
  async read(request: NextRequest): Promise<ReadonlySession<Data>> {
    const visit = this.#visits.get(request.came)
    if (visit !== undefined && visit.leaving === null) return (await visit.passage).readonlySession()
    return this.#sessions.read(this.#cookieHeader(request))
  }

  /** Has something done with the session, and saves it. */
  async work<Answer>(
    request: NextRequest,
    use: (session: Session<Data>) => Awaitable<Answer>,
  ): Promise<Answer> {
    const { came, jar } = request
    let visit = this.#visits.get(came)
    // The next one begins with the cookie that this one sets.
    while (visit !== undefined && visit.leaving !== null) {
      await visit.leaving
      visit = this.#visits.get(came)
    }
    visit ??= this.#begin(request)
    return visit.run(use, jar)
  }

  #begin(request: NextRequest): Visit<Data> {
    const { came } = request
    const begun = new Visit(this.#open(request), () => void this.#visits.delete(came))
    this.#visits.set(came, begun)
    return begun
  }

  async #open(request: NextRequest): Promise<Passage<Data>> {
    return this.#sessions.open(this.#cookieHeader(request))
  }

  #cookieHeader({ jar, came }: NextRequest): string {
    return cookieHeaderIn(jar, came, this.#sessions.cookieName)
  }
}
