import type { ServedApp } from './adapter-app.ts'
import { assert } from './assert.ts'
import { CookieJar } from './cookie-jar.ts'

/** A response, its body read. */
export interface Reply {
  status: number
  headers: Headers
  /** Its `Set-Cookie` lines. */
  setCookies: string[]
  body: string
}

/** One browser: keeps the cookies it is given, and sends them back. */
export class AdapterVisitor {
  readonly #app: ServedApp
  readonly #jar: CookieJar

  /** Makes a visitor who has never been there, or who holds these cookies. */
  constructor(app: ServedApp, cookies?: ReadonlyMap<string, string>) {
    this.#app = app
    this.#jar = new CookieJar(cookies)
  }

  /** Makes another browser with the same cookies: an old tab, or a thief's. */
  copy(): AdapterVisitor {
    return new AdapterVisitor(this.#app, this.#jar.cookies)
  }

  /** The `Cookie` header it sends. */
  get cookieHeader(): string {
    return this.#jar.header
  }

  /** Gives the value of a cookie. */
  cookie(name: string): string | undefined {
    return this.#jar.cookies.get(name)
  }

  /** Sends a request, and gives the response as soon as its headers are there. */
  async open(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    this.#jar.sendWith(headers)
    const send = this.#app.fetch ?? fetch
    const response = await send(this.#app.origin + path, { redirect: 'manual', ...init, headers })
    this.#jar.keepFrom(response)
    return response
  }

  /** Sends a request and reads the whole response. */
  async visit(path: string, init: RequestInit = {}): Promise<Reply> {
    return read(await this.open(path, init))
  }

  /** Sends a request that must be answered with 200, and gives the JSON of the response. */
  async json(path: string): Promise<unknown> {
    const { status, body } = await this.visit(path)
    assert(status === 200, `${path}: expected the status 200, received ${status}: ${body.slice(0, 200)}`)
    return JSON.parse(body)
  }
}

/** Reads a response to its end. */
export async function read(response: Response): Promise<Reply> {
  const body = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    setCookies: response.headers.getSetCookie(),
    body,
  }
}
