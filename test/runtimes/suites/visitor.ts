/** Answers a web request, as `Bun.serve`, `Deno.serve` and Workers want it. */
export type WebHandler = (request: Request) => Promise<Response>

// A name that does not resolve: nothing here may ask the network.
const ORIGIN = 'https://app.invalid'

/** A browser: keeps the session's cookie, and sends it along. */
export class Visitor {
  readonly #handler: WebHandler
  readonly #cookieName: string
  /** The `Cookie` header it sends; empty for none. */
  cookie: string

  constructor(handler: WebHandler, cookieName: string, cookie = '') {
    this.#handler = handler
    this.#cookieName = cookieName
    this.cookie = cookie
  }

  /** Makes one request. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (this.cookie !== '') headers.set('cookie', this.cookie)
    const response = await this.#handler(new Request(ORIGIN + path, { ...init, headers }))
    const line = this.lineOf(response)
    if (line !== undefined) this.cookie = /max-age=0/i.test(line) ? '' : (line.split(';', 1)[0] ?? '')
    return response
  }

  /** Makes one request and reads the JSON it is answered with. */
  async json(path: string, init: RequestInit = {}): Promise<unknown> {
    return (await this.send(path, init)).json()
  }

  /** Gives the session's own `Set-Cookie` line of a response; `undefined` when there is none. */
  lineOf(response: Response): string | undefined {
    return response.headers.getSetCookie().find((line) => line.startsWith(`${this.#cookieName}=`))
  }

  /** Another browser with the same cookie. */
  twin(): Visitor {
    return new Visitor(this.#handler, this.#cookieName, this.cookie)
  }
}
