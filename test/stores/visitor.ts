import type { Session, Sessions } from '../../src/index.ts'

/** What the tests of whole flows keep in a session. */
export interface VisitorData {
  userId: string
  cart: string[]
  count: number
  note: string
}

/** A browser: keeps the cookie it was given last. */
export class Visitor {
  readonly #sessions: Sessions<VisitorData>
  /** The `Cookie` header it sends; `null` for none. */
  cookie: string | null = null

  constructor(sessions: Sessions<VisitorData>, cookie: string | null = null) {
    this.#sessions = sessions
    this.cookie = cookie
  }

  /** Makes one request, as an adapter would carry it out, and gives what the handler gave. */
  async visit<T>(handle: (session: Session<VisitorData>) => T | Promise<T>): Promise<T> {
    const passage = await this.#sessions.open(this.cookie)
    const given = await handle(passage.session)
    const effects = await passage.commit()
    const line = effects?.setCookie ?? null
    if (line !== null) this.cookie = /max-age=0/i.test(line) ? null : (line.split(';', 1)[0] ?? null)
    return given
  }

  /** Another browser with the same cookie. */
  twin(sessions: Sessions<VisitorData> = this.#sessions): Visitor {
    return new Visitor(sessions, this.cookie)
  }
}
