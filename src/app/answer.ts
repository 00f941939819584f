import type { StatusCode } from 'hono/utils/http-status'
import { writeOwnEffects } from '../adapters/hono/passing.ts'
import { UsageError } from '../core/errors.ts'
import { isErrorOf } from '../core/is-error.ts'
import { deleteOutcome } from '../core/outcome-headers.ts'
import type { ResponseEffects } from '../core/response-effects.ts'
import { shownValue } from '../core/shown-value.ts'
import { warn } from '../core/warning.ts'
import type { Arrival } from './arrival.ts'
import { checkHeaderValue } from './header-value.ts'
import type { LateErrors } from './late-errors.ts'
import { type NodeReadable, SentReadable } from './node-readable.ts'
import {
  type AnswerBody,
  type NodeOutgoing,
  type PlainAnswer,
  plainResponse,
  sendPlain,
} from './plain-answer.ts'
import { shownRequest } from './shown-request.ts'
import { hasOwnLength, isLength, ofLength } from './stream-length.ts'
import { letGo, noteReadFrom, withoutBody } from './unsent-body.ts'
import { isUsed } from './used-response.ts'
import { SentStream } from './web-readable.ts'

/** The one answer of a request, on its way into Hono's context: status and headers first, then the body. */
export class Answer {
  readonly #arrival: Arrival
  readonly #late: LateErrors
  /** Whether an answer can be kept as plain data: nobody but us looks at the context, and no header was set. */
  #simple: boolean
  #plain: PlainAnswer | null = null
  #status = 200
  #given = false
  /** Whether the app answers for an error, in the place of whoever is still at work on an answer. */
  #replaced = false
  #warned = false
  #typed = false
  /** Whether a handler has said how long the body is, or how it is sent. */
  #framed = false
  #headersSet = false
  #onGiven: (() => void) | null = null
  #opening: Promise<void> | null = null

  /** @param alone - Whether nobody looks at the context's response before `settle` is called. */
  constructor(arrival: Arrival, alone: boolean, late: LateErrors) {
    this.#arrival = arrival
    this.#simple = alone
    this.#late = late
  }

  /**
   * Whether there is an answer, a handler's or Hono's. It leaves when all handlers have ended, so its headers can still
   * be changed.
   */
  get given(): boolean {
    if (this.#given) return true
    // While nobody looks at the context, nobody can have answered there; and starting afresh leaves it finalized.
    return !this.#simple && !this.#replaced && this.#arrival.context.finalized
  }

  /** Whether what the body is read from has still to be opened, and nobody waits for it. */
  get isToBeOpened(): boolean {
    return this.#opening !== null
  }

  /**
   * Gives the opening of what the body is read from, which rejects while an error can still be answered; `null` when all is there.
   * Gives it once: it must fail one handler's turn, and not that of everyone further out.
   */
  takeOpening(): Promise<void> | null {
    const opening = this.#opening
    this.#opening = null
    return opening
  }

  get status(): number {
    return this.#plain === null && this.given ? this.#arrival.context.res.status : this.#status
  }

  /**
   * Tells whether an answer can still be given. What comes after the answer to an error comes from a callback as a
   * rule, where nobody would catch what is thrown: it is dropped, with a warning.
   * @throws {UsageError} `ERR_HEADERS_SENT` there is an answer already, and it is the handlers' own.
   */
  isOpen(): boolean {
    if (!this.#given) return true
    const message = `${shownRequest(this.#arrival)} has been answered already, and a request has one answer.`
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
    return this.#arrival.context.res.headers.get(name) ?? undefined
  }

  /**
   * Sets a header, but for what would say of a body that there is already how long it is, or how it is sent.
   * @throws {TypeError} no header can have the value; nothing was set.
   */
  setHeader(name: string, value: string): void {
    checkHeaderValue(name, value)
    if (this.#noteHeader(name)) this.#writeHeader(name, value)
  }

  /**
   * Adds to a header, as `setHeader` sets one.
   * @throws {TypeError} no header can have the value; nothing was added.
   */
  appendHeader(name: string, value: string): void {
    checkHeaderValue(name, value)
    if (this.#noteHeader(name)) this.#writeHeader(name, value, true)
  }

  removeHeader(name: string): void {
    this.settle()
    this.#writeHeader(name, undefined)
  }

  /**
   * Answers with a body.
   * @param type - The `Content-Type`, unless one was set.
   * @param size - The bytes of a stream, where they are known.
   * @throws {UsageError} `ERR_HEADERS_SENT` there is an answer already; the request ends as a 500.
   */
  give(body: AnswerBody, type: string | null, size?: number): void {
    if (this.#given) letGo(body)
    if (!this.isOpen()) return
    const status = this.#status
    checkStatus(status)
    const empty = body === null || isBodiless(status)
    const unsent = empty || (body instanceof ReadableStream && this.#isHeadOfError)
    if (unsent) letGo(body)
    else if (body instanceof ReadableStream) this.#noteReadFrom()
    if (this.#typed && typeof body === 'string') this.#nameCharset()
    const plain = { status, body: unsent ? null : body, type: empty || this.#typed ? null : type }
    if (isLength(size)) this.#frame()
    if (this.#framed) {
      this.#correctFrame(plain.body, status, size)
      if (plain.body instanceof ReadableStream)
        plain.body = ofLength(plain.body, this.header('content-length'))
    }
    if (this.#simple) this.#plain = plain
    else this.#put(plain)
    this.#end()
  }

  /** Answers with nothing but status and headers, unless there is an answer already. */
  finish(): void {
    if (!this.given) this.give(null, null)
  }

  /**
   * Answers with a stream, of the web's or of Node's.
   * @param size - Its bytes, where they are known.
   * @throws {UsageError} `ERR_HEADERS_SENT` there is an answer already; the request ends as a 500.
   * @throws {TypeError} somebody else is reading it, or it was sent before.
   */
  giveStream(source: ReadableStream | NodeReadable, type: string, size?: number): void {
    if (source instanceof ReadableStream && source.locked) {
      if (!this.isOpen()) return
      throw new TypeError(
        'A stream was to be sent that somebody else is reading, or that was sent before. Make a new one for each answer.',
      )
    }
    if (source instanceof ReadableStream && hasOwnLength(size)) {
      this.give(source, type, size)
      return
    }
    const tell = (error: unknown): void => this.#late.tellLate(error)
    const { body, opened } =
      source instanceof ReadableStream ? new SentStream(source, tell) : new SentReadable(source, tell)
    if (!this.#given) this.#opening = opened
    this.give(body, type, size)
  }

  /**
   * Answers with a web response. Headers set before are kept where it says nothing of them.
   * @throws {UsageError} `ERR_HEADERS_SENT` there is an answer already; the request ends as a 500.
   * @throws {RangeError} it is `Response.error()`.
   * @throws {TypeError} it was read or sent before.
   */
  take(response: Response): void {
    if (this.#given) letGo(response.body)
    if (!this.isOpen()) return
    // Not checkStatus: an upgrade to a WebSocket is a 101 on some runtimes.
    if (response.status === 0)
      throw new RangeError('Response.error() has no status that a client could be sent.')
    if (isUsed(response)) {
      throw new TypeError(
        'A Response was returned that was read or sent before. Make a new one for each answer, or return a clone() each time.',
      )
    }
    this.#simple = false
    const sent = this.#isHeadOfError ? withoutBody(response) : response
    this.#noteReadFrom()
    if (this.#framed) this.#correctFrame(sent.body, sent.status)
    this.#arrival.context.res = this.#headersSet
      ? this.#whole(this.#arrival.context.newResponse(sent.body, sent))
      : sent
    this.#end()
  }

  /** Starts afresh, for the answer to an error. */
  reset(): void {
    if (this.#given) this.#discard()
    this.#simple = false
    this.#plain = null
    // As in Express, a status that says what went wrong is the error's, when it was set and not sent.
    if (this.given || this.#status < 400) this.#status = 200
    this.#given = false
    this.#replaced = true
    this.#typed = false
    this.#framed = false
    this.#opening = null
    this.#arrival.context.res = undefined
    const { headers } = this.#arrival.context.res
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
   * Sends the answer to Node.
   * @returns `false` when nothing was sent, since it is no longer plain, or of another kind than Node takes: it must depart then.
   */
  writeTo(outgoing: NodeOutgoing, effects: ResponseEffects | null): boolean {
    return this.#plain !== null && sendPlain(this.#plain, effects, outgoing)
  }

  /**
   * Makes the response that leaves.
   * @param effects - What the session does to its headers.
   */
  depart(effects: ResponseEffects | null): Response | Promise<Response> {
    const response =
      this.#plain === null ? this.#departFromContext(effects) : plainResponse(this.#plain, effects)
    // Hono drops the body that HEAD is not sent. Not before: a response whose body is gone cannot be copied.
    if (this.#arrival.method === 'HEAD') this.#discard()
    return response
  }

  #departFromContext(effects: ResponseEffects | null): Promise<Response> {
    writeOwnEffects(effects, this.#arrival.context)
    // Of headers that are not our own Node may refuse one, and @hono/node-server lets a refusal end the process when
    // the response comes without a promise.
    return Promise.resolve(this.#arrival.context.res)
  }

  /** Whether HEAD asks, and is answered for an error: which leaves without us, when it is the session that could not be saved. */
  get #isHeadOfError(): boolean {
    return this.#replaced && this.#arrival.method === 'HEAD'
  }

  #noteReadFrom(): void {
    if (this.#arrival.method === 'HEAD') noteReadFrom(this.#arrival.context)
  }

  #put({ status, body, type }: PlainAnswer): void {
    const headers = type === null ? undefined : { 'content-type': type }
    this.#arrival.context.res = this.#whole(this.#arrival.context.newResponse(body, status, headers))
  }

  /** Text is sent as UTF-8, which browsers do not guess. Other types than `text/*` say how theirs is written. */
  #nameCharset(): void {
    const type = this.header('content-type') ?? ''
    if (TEXT_WITHOUT_CHARSET.test(type)) this.#writeHeader('content-type', `${type}; charset=utf-8`)
  }

  /** Has a header say how long the body is. */
  #frame(): void {
    this.settle()
    this.#framed = true
    this.#headersSet = true
  }

  /**
   * Leaves of what a handler has said of the body's frame what is true, as when it was copied from another response: with
   * a wrong length the client waits for more, or takes the rest for the next answer. A stream may have the length it is said to
   * have, and an answer without a body may say which it would have.
   * @see RFC 9112 section 6.3
   */
  #correctFrame(body: AnswerBody, status: number, size?: number): void {
    const { method } = this.#arrival
    this.#writeHeader('transfer-encoding', undefined)
    const length = body instanceof ReadableStream ? size : lengthOf(body)
    if (typeof length === 'number') this.#writeHeader('content-length', String(length))
    else if (length === null && status !== 304 && (method !== 'HEAD' || isBodiless(status)))
      this.#writeHeader('content-length', undefined)
  }

  /** Lets go of what an answer's body would have been read from. */
  #discard(): void {
    letGo(this.#plain === null ? this.#arrival.context.res.body : this.#plain.body)
  }

  #end(): void {
    this.#given = true
    this.#onGiven?.()
  }

  /** Hono would add the headers set before once more, and of the cookies keep only those. */
  #whole(response: Response): Response {
    this.#arrival.context.res = undefined
    return response
  }

  /**
   * Writes a header by way of Hono, which makes a copy of a response that there is already. Of one that was read or sent no copy can
   * be made: Hono up to 4.13.14 throws then, and nobody would catch that in a callback.
   */
  #writeHeader(name: string, value: string | undefined, append = false): void {
    const { context } = this.#arrival
    if (!context.finalized || !context.res.bodyUsed) {
      context.header(name, value, { append })
      return
    }
    const { headers } = context.res
    try {
      if (value === undefined) headers.delete(name)
      else if (append) headers.append(name, value)
      else headers.set(name, value)
    } catch (error) {
      // Nobody can change the headers of a response of fetch()'s.
      if (!isErrorOf('TypeError', error)) throw error
    }
  }

  /** @returns Whether it can still be set. */
  #noteHeader(name: string): boolean {
    this.settle()
    const lowerName = name.toLowerCase()
    if (lowerName === 'content-length' || lowerName === 'transfer-encoding') {
      if (this.given) return false
      this.#framed = true
    } else if (lowerName === 'content-type') this.#typed = true
    this.#headersSet = true
    return true
  }
}

const TEXT_WITHOUT_CHARSET = /^text\/(?!.*;\s*charset\s*=)/i

function lengthOf(body: string | Uint8Array | ArrayBuffer | null): number | null {
  if (body === null) return null
  return typeof body === 'string' ? new TextEncoder().encode(body).byteLength : body.byteLength
}

function checkStatus(status: number): asserts status is StatusCode {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return
  throw new RangeError(`A response's status is a whole number from 200 to 599 (got ${shownValue(status)}).`)
}

/** Statuses whose responses have no body, by the rules of HTTP and of the web `Response`. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}
