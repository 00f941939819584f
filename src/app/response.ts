import { ConfigError } from '../core/errors.ts'
import type { Answer } from './answer.ts'
import { isNodeReadable, type NodeReadable } from './node-readable.ts'
import type { AnswerBody } from './plain-answer.ts'
import { clearedCookie, type ResponseCookieOptions, responseCookie } from './response-cookie.ts'

const JSON_TYPE = 'application/json; charset=utf-8'
const HTML_TYPE = 'text/html; charset=utf-8'
const TEXT_TYPE = 'text/plain; charset=utf-8'
const BYTES_TYPE = 'application/octet-stream'

/**
 * The response to a request, as handlers write it. Methods give the response itself, so they chain as in Express:
 * `res.status(401).json({ error: 'Not logged in' })`.
 *
 * A request has one answer: `json`, `text`, `html`, `send`, `redirect` or `end`, or a web `Response` that the handler returns.
 * A second one throws a `UsageError`; one that comes after the answer to an error is dropped, with a process warning. The
 * answer leaves when all handlers and middleware have ended and the session is saved, so headers can be set until then.
 */
export class AppResponse {
  readonly #answer: Answer
  readonly #sessionCookie: string
  #locals: Record<string, unknown> | undefined

  /** Wraps the answer of one request; the app does this for you. */
  constructor(answer: Answer, sessionCookie: string) {
    this.#answer = answer
    this.#sessionCookie = sessionCookie
  }

  /** What handlers of one request want to tell each other, such as the user they have looked up. */
  get locals(): Record<string, unknown> {
    this.#locals ??= {}
    return this.#locals
  }

  /** The status: 200 until it is set. */
  get statusCode(): number {
    return this.#answer.status
  }

  /** Whether the request has its answer. */
  get headersSent(): boolean {
    return this.#answer.given
  }

  /**
   * Sets the status.
   * @throws {RangeError} not a whole number from 200 to 599.
   * @throws {UsageError} `ERR_HEADERS_SENT` the request has its answer.
   */
  status(code: number): this {
    this.#answer.setStatus(code)
    return this
  }

  /**
   * Sets a header, or several, in place of what is there. A list becomes several lines.
   * @throws {TypeError} a name or value that no header can have, such as one with control characters.
   */
  set(name: string, value: string | number | readonly string[]): this
  set(headers: Readonly<Record<string, string | number | readonly string[]>>): this
  set(
    name: string | Readonly<Record<string, string | number | readonly string[]>>,
    value?: string | number | readonly string[],
  ): this {
    const headers = typeof name === 'string' ? { [name]: value ?? '' } : name
    for (const [key, one] of Object.entries(headers)) this.#setHeader(key, one)
    return this
  }

  /**
   * Adds to a header: another line, or another value on its line.
   * @throws {TypeError} a name or value that no header can have, such as one with control characters.
   */
  append(name: string, value: string | readonly string[]): this {
    for (const one of [value].flat()) this.#answer.appendHeader(name, one)
    return this
  }

  /** Gives a header that was set. */
  get(name: string): string | undefined {
    return this.#answer.header(name)
  }

  /**
   * Sets a cookie of your own, its value percent-encoded.
   * @param options - Its attributes, as in Express: `maxAge` is milliseconds. Default: `Path=/`, until the browser closes.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` or `ERR_CONFIG_INSECURE` the session's name, an unknown option, or a
   * cookie browsers would drop; nothing was set.
   */
  cookie(name: string, value: string, options?: ResponseCookieOptions): this {
    this.#refuseSessionCookie(name)
    return this.append('set-cookie', responseCookie(name, value, options))
  }

  /**
   * Takes a cookie of your own away.
   * @param options - The path, domain and partition it was set with. Default: `Path=/`.
   * @throws {ConfigError} as `cookie` does; nothing was set.
   */
  clearCookie(name: string, options?: ResponseCookieOptions): this {
    this.#refuseSessionCookie(name)
    return this.append('set-cookie', clearedCookie(name, options))
  }

  /**
   * Answers with JSON.
   * @throws {TypeError} JSON cannot hold the value.
   * @throws {UsageError} `ERR_HEADERS_SENT` the request has its answer.
   */
  json(value: unknown): this {
    return this.#give(JSON.stringify(value) ?? null, JSON_TYPE)
  }

  /** Answers with plain text. */
  text(text: string): this {
    return this.#give(text, TEXT_TYPE)
  }

  /** Answers with HTML. What comes from users must be escaped before. */
  html(html: string): this {
    return this.#give(html, HTML_TYPE)
  }

  /**
   * Answers by the kind of the value: text is sent as HTML, as in Express, bytes, a `Blob` and streams (of the web or of
   * Node) as they are, the rest as JSON.
   * @throws {TypeError} a stream of the web that was sent before, or that somebody else reads; the request ends as a 500.
   */
  send(value?: unknown): this {
    if (value === undefined || value === null) return this.#give(null, null)
    if (typeof value === 'string') return this.html(value)
    if (typeof value !== 'object') return this.json(value)
    if (value instanceof Uint8Array) return this.#give(new Uint8Array(value), BYTES_TYPE)
    if (value instanceof ArrayBuffer) return this.#give(value, BYTES_TYPE)
    if (ArrayBuffer.isView(value)) return this.#give(bytesOf(value), BYTES_TYPE)
    if (value instanceof Blob) return this.#giveStream(value.stream(), value.type || BYTES_TYPE, value.size)
    if (value instanceof ReadableStream || isNodeReadable(value)) return this.#giveStream(value, BYTES_TYPE)
    return this.json(value)
  }

  /**
   * Answers with a redirect, 302 unless a status is given.
   * @param url - Where to. A path or a whole address; characters no address can hold are percent-encoded.
   */
  redirect(url: string): this
  redirect(status: number, url: string): this
  redirect(statusOrUrl: number | string, url?: string): this {
    const [status, target] = typeof statusOrUrl === 'number' ? [statusOrUrl, url ?? '/'] : [302, statusOrUrl]
    if (!this.#answer.isOpen()) return this
    this.status(status)
    this.#answer.setHeader('location', encodeTarget(target))
    return this.#give(null, null)
  }

  /**
   * Answers with nothing but status and headers, or with text of the type that was set. Without text it does nothing when the
   * request has its answer, as in Express.
   */
  end(text?: string): this {
    if (text !== undefined) return this.#give(text, TEXT_TYPE)
    this.#answer.finish()
    return this
  }

  #give(body: AnswerBody, type: string | null): this {
    this.#answer.give(body, type)
    return this
  }

  #giveStream(source: ReadableStream | NodeReadable, type: string, size?: number): this {
    this.#answer.giveStream(source, type, size)
    return this
  }

  #setHeader(name: string, value: string | number | readonly string[]): void {
    if (typeof value !== 'object') {
      this.#answer.setHeader(name, String(value))
      return
    }
    this.#answer.removeHeader(name)
    for (const one of value) this.#answer.appendHeader(name, one)
  }

  #refuseSessionCookie(name: string): void {
    if (name !== this.#sessionCookie) return
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      `'${name}' is the session's cookie, which only the session writes. Use req.session.clear() or .regenerate(), or another name.`,
    )
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength))
}

/** What no address can hold, also what would end the header line early. `%` stays: what is encoded already is not encoded twice. */
const NOT_IN_ADDRESS = /[^\x21-\x7e]+|["<>\\]+/g

// Browsers take a backslash for a slash: with a path that somebody else has written, '/\evil.example' leads to their site.
function encodeTarget(url: string): string {
  return url.toWellFormed().replace(NOT_IN_ADDRESS, encodeURIComponent)
}
