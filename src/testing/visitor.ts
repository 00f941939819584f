import { ConfigError } from '../core/errors.ts'
import { CookieJar } from './cookie-jar.ts'

/** Answers web requests, as `app.fetch` does and what `coatcheck/fetch` makes. */
export type AnswerRequest = (request: Request) => Response | Promise<Response>

/** An app on web requests, such as Hono's and `createApp`'s. */
export interface WebApp {
  /** Answers a request. */
  fetch: AnswerRequest
}

/** A Node server, such as what `app.listen(0)` of Express and Koa gives, or `app.server` of Fastify. */
export interface ListeningServer {
  /** Gives where it listens; `null` when it does not yet. */
  address(): { address: string; port: number } | string | null
  /** Tells when it does. */
  once(event: 'listening', listener: () => void): unknown
}

/** What a {@link Visitor} visits: an address, a server that was told to listen, or what answers web requests, which needs no port. */
export type VisitedSite = string | URL | ListeningServer | AnswerRequest | WebApp

const NOWHERE = 'http://localhost'
const LONGEST_START_MS = 2_000

/**
 * One browser, for the tests of an app: keeps the cookies it is given, and sends them back.
 *
 * All of them with each request, those for HTTPS alone too, so that an app is tested as it runs in production.
 * Follows no redirect.
 *
 * @example
 * const visitor = new Visitor(app.listen(0))
 * await visitor.post('/login', { email: 'ada@example.com' })
 * const response = await visitor.get('/account')
 */
export class Visitor {
  readonly #site: VisitedSite
  readonly #jar = new CookieJar()

  /**
   * Makes a visitor who has never been there.
   * @param site - Where requests go. Paths of what has no address are those of `http://localhost`.
   */
  constructor(site: VisitedSite) {
    this.#site = site
  }

  /** The cookies it holds, by name. Put one in, or take one away, as somebody at the browser could. */
  get cookies(): Map<string, string> {
    return this.#jar.cookies
  }

  /** The `Cookie` header it sends; empty without cookies. */
  get cookieHeader(): string {
    return this.#jar.header
  }

  /** Makes another visitor of the same site, who begins with the same cookies: a second tab, or a thief. */
  copy(): Visitor {
    const copy = new Visitor(this.#site)
    for (const [name, value] of this.cookies) copy.cookies.set(name, value)
    return copy
  }

  /** Sends a GET. */
  async get(path: string, init: RequestInit = {}): Promise<Response> {
    return this.send(path, { method: 'GET', ...init })
  }

  /** Sends a POST with a body: text and a form's fields as they are, any other object as JSON. Default: no body. */
  async post(path: string, body?: string | object, init: RequestInit = {}): Promise<Response> {
    return this.send(path, withBody({ method: 'POST', ...init }, body))
  }

  /**
   * Sends any request, with the cookies it holds unless `init` has a `Cookie` header, and keeps those that come back.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the server to be visited did not begin to listen within 2 seconds.
   */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    this.#jar.sendWith(headers)
    const response = await this.#answer(path, { redirect: 'manual', ...init, headers })
    this.#jar.keepFrom(response)
    return response
  }

  async #answer(path: string, init: RequestInit): Promise<Response> {
    const site = this.#site
    if (typeof site === 'string' || site instanceof URL) return fetch(new URL(path, site), init)
    if ('address' in site) return fetch(new URL(path, await urlOf(site)), init)
    const request = new Request(new URL(path, NOWHERE), init)
    return typeof site === 'function' ? site(request) : site.fetch(request)
  }
}

function withBody(init: RequestInit, body: string | object | undefined): RequestInit {
  if (body === undefined) return init
  if (typeof body === 'string' || body instanceof URLSearchParams || body instanceof FormData) {
    return { ...init, body }
  }
  const headers = new Headers(init.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  return { ...init, headers, body: JSON.stringify(body) }
}

async function urlOf(server: ListeningServer): Promise<string> {
  if (server.address() === null) await listening(server)
  const address = server.address()
  if (address === null || typeof address === 'string') {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      'The server to be visited does not listen on a port. Let it listen first: app.listen(0) picks a free one.',
    )
  }
  // One that listens on all addresses listens on this one.
  const host = ['::', '0.0.0.0'].includes(address.address) ? '127.0.0.1' : address.address
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

/** Waits until a server listens, which takes a moment where its host has to be looked up, or has had its time to begin. */
function listening(server: ListeningServer): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LONGEST_START_MS)
    server.once('listening', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
