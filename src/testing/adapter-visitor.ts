import type { ServedApp } from './adapter-app.ts'
import { assert } from './assert.ts'

/** A response, its body read. */
export interface Reply {
  status: number
  headers: Headers
  /** Its `Set-Cookie` lines. */
  setCookies: string[]
  body: string
}

/** One browser: keeps the cookies it is given, and sends them back. */
export class Visitor {
  readonly #app: ServedApp
  readonly #cookies = new Map<string, string>()

  /** Makes a visitor who has never been there. */
  constructor(app: ServedApp) {
    this.#app = app
  }

  /** Makes another browser with the same cookies: an old tab, or a thief's. */
  copy(): Visitor {
    const copy = new Visitor(this.#app)
    for (const [name, value] of this.#cookies) copy.#cookies.set(name, value)
    return copy
  }

  /** The `Cookie` header it sends. */
  get cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Gives the value of a cookie. */
  cookie(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  /** Sends a request, and gives the response as soon as its headers are there. */
  async open(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (!headers.has('cookie') && this.#cookies.size > 0) headers.set('cookie', this.cookieHeader)
    const send = this.#app.fetch ?? fetch
    const response = await send(this.#app.origin + path, { redirect: 'manual', ...init, headers })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
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

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';')
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).trim()
    if (attributes.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute))) this.#cookies.delete(name)
    else this.#cookies.set(name, pair.slice(at + 1).trim())
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
