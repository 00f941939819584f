import type { Context } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { UsageError } from '../core/errors.ts'
import { deleteOutcome } from '../core/outcome-headers.ts'

/** What a response's body may be. */
export type AnswerBody = string | Uint8Array<ArrayBuffer> | ArrayBuffer | ReadableStream | null

/** The one answer of a request, on its way into Hono's context: status and headers first, then the body. */
export class Answer {
  readonly #context: Context
  #status = 200
  #given = false
  #typed = false
  #headersSet = false
  #onGiven: (() => void) | null = null

  constructor(context: Context) {
    this.#context = context
  }

  /** Whether there is an answer. It leaves when all handlers have ended, so its headers can still be changed. */
  get given(): boolean {
    return this.#given
  }

  get status(): number {
    return this.#given ? this.#context.res.status : this.#status
  }

  /** @throws {RangeError} no status a final response can have. */
  setStatus(status: number): void {
    if (this.#given) throw this.#answeredAlready()
    checkStatus(status)
    this.#status = status
  }

  header(name: string): string | undefined {
    return this.#context.res.headers.get(name) ?? undefined
  }

  setHeader(name: string, value: string): void {
    this.#noteHeader(name)
    this.#context.header(name, value)
  }

  appendHeader(name: string, value: string): void {
    this.#noteHeader(name)
    this.#context.header(name, value, { append: true })
  }

  removeHeader(name: string): void {
    this.#context.header(name, undefined)
  }

  /**
   * Answers with a body.
   * @param type - The `Content-Type`, unless one was set.
   * @throws {UsageError} `ERR_HEADERS_SENT` there is an answer already; the request ends as a 500.
   */
  give(body: AnswerBody, type: string | null): void {
    const empty = body === null || isBodiless(this.#status)
    const headers = type === null || empty || this.#typed ? undefined : { 'content-type': type }
    const status = this.#status
    checkStatus(status)
    this.#put(() => this.#whole(this.#context.newResponse(empty ? null : body, status, headers)))
  }

  /**
   * Answers with a web response. Headers set before are kept where it says nothing of them.
   * @throws {UsageError} `ERR_HEADERS_SENT` there is an answer already; the request ends as a 500.
   */
  take(response: Response): void {
    this.#put(() =>
      this.#headersSet ? this.#whole(this.#context.newResponse(response.body, response)) : response,
    )
  }

  /** Starts afresh, for the answer to an error. */
  reset(): void {
    this.#status = 200
    this.#given = false
    this.#typed = false
    this.#context.res = undefined
    const { headers } = this.#context.res
    deleteOutcome(headers)
  }

  /** Calls `listener` when the answer is given. */
  onGiven(listener: () => void): void {
    this.#onGiven = listener
  }

  #put(make: () => Response): void {
    if (this.#given) throw this.#answeredAlready()
    this.#context.res = make()
    this.#given = true
    this.#onGiven?.()
  }

  /** Hono would add the headers set before once more, and of the cookies keep only those. */
  #whole(response: Response): Response {
    this.#context.res = undefined
    return response
  }

  #noteHeader(name: string): void {
    this.#headersSet = true
    if (name.toLowerCase() === 'content-type') this.#typed = true
  }

  #answeredAlready(): UsageError {
    const { method, path } = this.#context.req
    return new UsageError(
      'ERR_HEADERS_SENT',
      `${method} ${path} has been answered already, and a request has one answer. Return after the first res.json(), res.send() or res.redirect().`,
    )
  }
}

function checkStatus(status: number): asserts status is StatusCode {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return
  throw new RangeError(`A response's status is a whole number from 200 to 599 (got ${String(status)}).`)
}

/** Statuses whose responses have no body, by the rules of HTTP and of the web `Response`. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}
