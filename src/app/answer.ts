import type { Context } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { writeEffects } from '../adapters/hono/passing.ts'
import { UsageError } from '../core/errors.ts'
import { deleteOutcome } from '../core/outcome-headers.ts'
import { applyEffects, type ResponseEffects } from '../core/response-effects.ts'
import { shownValue } from '../core/shown-value.ts'
import { warn } from '../core/warning.ts'
import { PlainHeaders } from './plain-headers.ts'

/** What a response's body may be. */
export type AnswerBody = string | Uint8Array<ArrayBuffer> | ArrayBuffer | ReadableStream | null

/** An answer for which nobody has needed a `Response` yet. */
interface PlainAnswer {
  readonly status: StatusCode
  readonly body: AnswerBody
  readonly type: string | null
}

/** The one answer of a request, on its way into Hono's context: status and headers first, then the body. */
export class Answer {
  readonly #context: Context
  /** Whether an answer can be kept as plain data: nobody but us looks at the context, and no header was set. */
  #simple: boolean
  #plain: PlainAnswer | null = null
  #status = 200
  #given = false
  /** Whether the app answers for an error, in the place of whoever is still at work on an answer. */
  #replaced = false
  #warned = false
  #typed = false
  #headersSet = false
  #onGiven: (() => void) | null = null

  /** @param alone - Whether nobody looks at the context's response before `settle` is called. */
  constructor(context: Context, alone: boolean) {
    this.#context = context
    this.#simple = alone
  }

  /** Whether there is an answer. It leaves when all handlers have ended, so its headers can still be changed. */
  get given(): boolean {
    return this.#given
  }

  get status(): number {
    return this.#given && this.#plain === null ? this.#context.res.status : this.#status
  }

  /**
   * Tells whether an answer can still be given. What comes after the answer to an error comes from a callback as a
   * rule, where nobody would catch what is thrown: it is dropped, with a warning.
   * @throws {UsageError} `ERR_HEADERS_SENT` there is an answer already, and it is the handlers' own.
   */
  isOpen(): boolean {
    if (!this.#given) return true
    const { method, path } = this.#context.req
    const message = `${method} ${path} has been answered already, and a request has one answer.`
    if (!this.#replaced) {
      throw new UsageError(
        'ERR_HEADERS_SENT',
        `${message} Return after the first res.json(), res.send() or res.redirect().`,
      )
    }
    if (!this.#warned) {
      warn(`${message} It was answered for an error, so what a handler answered later was dropped.`)
    }
    this.#warned = true
    return false
  }

  /** @throws {RangeError} no status a final response can have. */
  setStatus(status: number): void {
    if (!this.isOpen()) return
    checkStatus(status)
    this.#status = status
  }

  header(name: string): string | undefined {
    this.settle()
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
    this.settle()
    this.#context.header(name, undefined)
  }

  /**
   * Answers with a body.
   * @param type - The `Content-Type`, unless one was set.
   * @throws {UsageError} `ERR_HEADERS_SENT` there is an answer already; the request ends as a 500.
   */
  give(body: AnswerBody, type: string | null): void {
    if (!this.isOpen()) return
    const status = this.#status
    checkStatus(status)
    const empty = body === null || isBodiless(status)
    const plain = { status, body: empty ? null : body, type: empty || this.#typed ? null : type }
    if (this.#simple) this.#plain = plain
    else this.#put(plain)
    this.#end()
  }

  /**
   * Answers with a web response. Headers set before are kept where it says nothing of them.
   * @throws {UsageError} `ERR_HEADERS_SENT` there is an answer already; the request ends as a 500.
   * @throws {RangeError} it is `Response.error()`.
   */
  take(response: Response): void {
    if (!this.isOpen()) return
    // Not checkStatus: an upgrade to a WebSocket is a 101 on some runtimes.
    if (response.status === 0)
      throw new RangeError('Response.error() has no status that a client could be sent.')
    this.#simple = false
    this.#context.res = this.#headersSet
      ? this.#whole(this.#context.newResponse(response.body, response))
      : response
    this.#end()
  }

  /** Starts afresh, for the answer to an error. */
  reset(): void {
    this.#simple = false
    this.#plain = null
    this.#status = 200
    this.#given = false
    this.#replaced = true
    this.#typed = false
    this.#context.res = undefined
    const { headers } = this.#context.res
    deleteOutcome(headers)
  }

  /** Calls `listener` when the answer is given. */
  onGiven(listener: () => void): void {
    this.#onGiven = listener
  }

  /** Puts the answer into the context, now and from now on, for those who look for it there. */
  settle(): void {
    this.#simple = false
    if (this.#plain !== null) this.#put(this.#plain)
    this.#plain = null
  }

  /**
   * Makes the response that leaves.
   * @param effects - What the session does to its headers.
   */
  depart(effects: ResponseEffects | null): Response | Promise<Response> {
    if (this.#plain !== null) return plainResponse(this.#plain, effects)
    writeEffects(effects, this.#context)
    // Of headers that are not our own Node may refuse one, and @hono/node-server lets a refusal end the process when
    // the response comes without a promise.
    return Promise.resolve(this.#context.res)
  }

  #put({ status, body, type }: PlainAnswer): void {
    const headers = type === null ? undefined : { 'content-type': type }
    this.#context.res = this.#whole(this.#context.newResponse(body, status, headers))
  }

  #end(): void {
    this.#given = true
    this.#onGiven?.()
  }

  /** Hono would add the headers set before once more, and of the cookies keep only those. */
  #whole(response: Response): Response {
    this.#context.res = undefined
    return response
  }

  #noteHeader(name: string): void {
    this.settle()
    this.#headersSet = true
    if (name.toLowerCase() === 'content-type') this.#typed = true
  }
}

/**
 * Makes a response of a body whose one header is its type.
 *
 * Its headers are a plain object, which @hono/node-server passes on as they are: touching `headers` of a `Response`,
 * to write the session's effects, costs 6 to 10 us.
 */
function plainResponse({ status, body, type }: PlainAnswer, effects: ResponseEffects | null): Response {
  const headers = new PlainHeaders()
  if (type !== null) headers.set('content-type', type)
  if (effects !== null) applyEffects(effects, headers)
  return new Response(body, { status, headers: headers.init })
}

function checkStatus(status: number): asserts status is StatusCode {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return
  throw new RangeError(`A response's status is a whole number from 200 to 599 (got ${shownValue(status)}).`)
}

/** Statuses whose responses have no body, by the rules of HTTP and of the web `Response`. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}
