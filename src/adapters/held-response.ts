import { type Awaitable, isPromise } from '../core/awaitable.ts'
import type { Passage } from '../core/passage.ts'
import { applyEffects, type ResponseEffects } from '../core/response-effects.ts'
import { type NodeHeaderHolder, NodeResponseHeaders, setAll, type WriteHeadHeaders } from './node-headers.ts'

/** What of a Node response, HTTP/1 or HTTP/2, holding it back touches. */
export interface NodeResponse extends NodeHeaderHolder {
  statusCode: number
  statusMessage: string
  readonly headersSent: boolean
  readonly writableNeedDrain?: boolean
  writeHead(...args: unknown[]): unknown
  write(...args: unknown[]): unknown
  end(...args: unknown[]): unknown
  flushHeaders(...args: unknown[]): unknown
  emit(event: string, ...args: unknown[]): boolean
  destroy(error?: Error): unknown
  [HELD]?: HeldResponse
}

/** Answers for a response whose session could not be saved. What described the handler's own body is gone from the headers. */
export type OnFailure = (error: unknown) => void

type Method = 'writeHead' | 'write' | 'end' | 'flushHeaders'

const HELD: unique symbol = Symbol('coatcheck.held')

// What a handler said about a body and an outcome that will not be sent. Everything else, such as CORS and
// security headers, is as true of the error.
const HEADERS_OF_THE_OUTCOME = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
  'set-cookie',
  'trailer',
  'transfer-encoding',
]

/**
 * Holds a Node response's first byte back until its sessions are saved, and its last until what changed
 * meanwhile is saved too.
 *
 * It stands in front of the four methods that make headers leave, and lets everything through untouched once
 * they have: bodies, flushing and back-pressure are Node's own. Calls that come while a save is under way wait
 * in order. The stand-ins are shared functions, not closures made per request.
 */
export class HeldResponse {
  readonly #response: NodeResponse
  readonly #passages: Passage<object>[] = []
  readonly #onFailure: OnFailure
  readonly #own: Record<Method, (...args: unknown[]) => unknown>
  #stage: 'open' | 'saving' | 'through' | 'ending' = 'open'
  #waiting: { method: Method; args: unknown[] }[] = []

  private constructor(response: NodeResponse, onFailure: OnFailure) {
    this.#response = response
    this.#onFailure = onFailure
    const { writeHead, write, end, flushHeaders } = response
    this.#own = { writeHead, write, end, flushHeaders }
    response[HELD] = this
    Object.assign(response, STAND_INS)
  }

  /** Holds a response for a session; one that is held already waits for this session as well. */
  static hold(response: NodeResponse, passage: Passage<object>, onFailure: OnFailure): void {
    const held = response[HELD] ?? new HeldResponse(response, onFailure)
    held.#passages.push(passage)
  }

  /** What a call of one of the four methods does instead. */
  call(method: Method, args: unknown[]): unknown {
    if (this.#stage === 'saving' || this.#stage === 'ending') return this.#wait(method, args)
    if (this.#stage === 'through') return method === 'end' ? this.#end(args) : this.#pass(method, args)
    const effects = this.#commit()
    if (isPromise(effects)) {
      this.#stage = 'saving'
      effects.then(
        (known) => this.#release(known),
        (error: unknown) => this.#fail(error),
      )
      return this.#wait(method, args)
    }
    this.#stage = 'through'
    return this.#pass(method, this.#withEffects(effects, method, args))
  }

  #commit(): Awaitable<(ResponseEffects | null)[]> {
    const effects: Awaitable<ResponseEffects | null>[] = []
    try {
      for (const passage of this.#passages) effects.push(passage.commit())
    } catch (error) {
      return Promise.reject(error)
    }
    const known: (ResponseEffects | null)[] = []
    for (const effect of effects) {
      if (isPromise(effect)) return Promise.all(effects)
      known.push(effect)
    }
    return known
  }

  #wait(method: Method, args: unknown[]): unknown {
    this.#waiting.push({ method, args })
    // As Node answers a full buffer: the writer waits for 'drain'.
    return method === 'write' ? false : this.#response
  }

  /** The sessions are saved: the headers may go, and what was waiting follows. */
  #release(effects: (ResponseEffects | null)[]): void {
    this.#stage = 'through'
    const waiting = this.#waiting
    this.#waiting = []
    let wrote = false
    for (const [index, { method, args }] of waiting.entries()) {
      wrote ||= method === 'write'
      this.call(method, index === 0 ? this.#withEffects(effects, method, args) : args)
    }
    if (wrote && this.#response.writableNeedDrain !== true) this.#response.emit('drain')
  }

  /** The headers have not gone: the response becomes an error, and what was waiting to be sent is dropped. */
  #fail(error: unknown): void {
    this.#stage = 'through'
    const waiting = this.#waiting
    this.#waiting = []
    for (const name of HEADERS_OF_THE_OUTCOME) this.#response.removeHeader(name)
    this.#response.statusMessage = ''
    this.#onFailure(error)
    for (const { args } of waiting) {
      const callback = args.at(-1)
      if (typeof callback === 'function') callback(error)
    }
  }

  #end(args: unknown[]): unknown {
    const saved = this.#commit()
    if (!isPromise(saved)) return this.#pass('end', args)
    this.#stage = 'ending'
    saved.then(
      () => {
        this.#stage = 'through'
        this.#pass('end', args)
      },
      // The status has gone out as a success, so only a broken body can still say that it was none.
      (error: unknown) => this.#response.destroy(error instanceof Error ? error : undefined),
    )
    return this.#response
  }

  /** Writes the sessions' effects into the headers, and what `writeHead` was given before them. */
  #withEffects(effects: readonly (ResponseEffects | null)[], method: Method, args: unknown[]): unknown[] {
    if (this.#response.headersSent || effects.every((effect) => effect === null)) return args
    const rest = method === 'writeHead' ? this.#adoptHead(args) : args
    const headers = new NodeResponseHeaders(this.#response)
    for (const effect of effects) {
      if (effect !== null) applyEffects(effect, headers)
    }
    return rest
  }

  /** Headers given to `writeHead` would go over ours, so they are set first. */
  #adoptHead(args: unknown[]): unknown[] {
    const [status, reasonOrHeaders, headersAfterReason] = args
    const headers =
      typeof reasonOrHeaders === 'string' ? headersAfterReason : (reasonOrHeaders ?? headersAfterReason)
    if (isHeaders(headers)) setAll(this.#response, headers)
    return typeof reasonOrHeaders === 'string' ? [status, reasonOrHeaders] : [status]
  }

  #pass(method: Method, args: unknown[]): unknown {
    return Reflect.apply(this.#own[method], this.#response, args)
  }
}

function isHeaders(value: unknown): value is WriteHeadHeaders {
  return typeof value === 'object' && value !== null
}

const STAND_INS = {
  writeHead(this: NodeResponse, ...args: unknown[]): unknown {
    return this[HELD]?.call('writeHead', args)
  },
  write(this: NodeResponse, ...args: unknown[]): unknown {
    return this[HELD]?.call('write', args)
  },
  end(this: NodeResponse, ...args: unknown[]): unknown {
    return this[HELD]?.call('end', args)
  },
  flushHeaders(this: NodeResponse, ...args: unknown[]): unknown {
    return this[HELD]?.call('flushHeaders', args)
  },
}
