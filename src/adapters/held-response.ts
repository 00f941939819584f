import { type Awaitable, andThen, isPromise } from '../core/awaitable.ts'
import { isSessionError } from '../core/errors.ts'
import type { Passage } from '../core/passage.ts'
import { applyEffects, type ResponseEffects } from '../core/response-effects.ts'
import { warn } from '../core/warning.ts'
import { ClosedHead, refuse } from './closed-head.ts'
import { answerFailure, drop } from './failure-answer.ts'
import { adoptHead, NodeResponseHeaders } from './node-headers.ts'
import type { NodeResponse, SendMethod } from './node-response.ts'

/**
 * Answers for a response whose session could not be saved, or that could not be sent as the handler meant it.
 * Nothing of it has left, and what described the handler's own body is gone from its headers.
 */
export type OnFailure = (error: unknown, response: NodeResponse) => void

const HELD: unique symbol = Symbol('coatcheck.held')

/** A response that may be held back. */
export type Holdable = NodeResponse & { [HELD]?: HeldResponse }

/** `open`: nothing is saved yet. `waiting`: calls wait for a save. `saved`: they pass. `failed`: they are dropped. */
type Stage = 'open' | 'waiting' | 'saved' | 'failed'

/** What is saved before a response leaves: a passage. */
export type Committable = Pick<Passage<object>, 'commit'>

interface Call {
  method: SendMethod | 'flush'
  args: unknown[]
}

/**
 * Holds a Node response's first byte back until its sessions are saved, and its last until what changed
 * meanwhile is saved too.
 *
 * It stands in front of the four methods that make headers leave, and lets everything through untouched once
 * they have: bodies, flushing and back-pressure are Node's own. Calls that come while a save is under way wait
 * in order. The stand-ins are shared functions, not closures made per request.
 */
export class HeldResponse {
  readonly #response: Holdable
  readonly #onFailure: OnFailure
  readonly #own: Record<SendMethod, (...args: unknown[]) => unknown>
  readonly #passages: Committable[] = []
  readonly #effects: ResponseEffects[] = []
  #stage: Stage = 'open'
  #closed: ClosedHead | null = null
  #waiting: Call[] = []
  #waitingLength = 0
  #toldToWait = false

  private constructor(response: Holdable, onFailure: OnFailure) {
    const { writeHead, write, end, flushHeaders = nothing } = response
    this.#response = response
    this.#onFailure = onFailure
    this.#own = { writeHead, write, end, flushHeaders }
    response[HELD] = this
    Object.assign(response, HOLDING)
  }

  /**
   * Holds a response for a session; one that is held already waits for this session as well.
   * @param onFailure - Answers when the save fails. The first one given counts.
   */
  static hold(response: Holdable, passage: Committable, onFailure: OnFailure): HeldResponse {
    const held = response[HELD] ?? new HeldResponse(response, onFailure)
    held.#passages.push(passage)
    return held
  }

  /** Finds what holds a response. */
  static of(response: Holdable): HeldResponse | undefined {
    return response[HELD]
  }

  /**
   * Saves the sessions before the handler's response is given to Node, for a framework that can still turn it
   * into an error then. The effects are written when the head leaves.
   * @throws {SessionError} a session could not be saved; the response may still become anything.
   */
  commit(): Awaitable<void> {
    if (this.#stage !== 'open') return
    return andThen(this.#save(), () => {
      this.#stage = 'saved'
    })
  }

  /** What a call of one of the four methods does instead. */
  call(method: SendMethod, args: unknown[]): unknown {
    if (this.#stage === 'saved') return this.#pass(method, args)
    if (this.#stage === 'failed') return drop(this.#response, method, args)
    if (this.#stage === 'waiting') {
      if (method === 'writeHead') refuse('write')
      return this.#wait(method, args)
    }
    const saving = this.#save()
    if (isPromise(saving)) return this.#hold(saving, method, args)
    this.#stage = 'saved'
    return this.#send(method, args)
  }

  /** Saves all sessions; rejects with the first failure, when each has been tried. */
  #save(): Awaitable<void> {
    let pending: PromiseLike<void>[] | null = null
    for (const passage of this.#passages) {
      try {
        const effects = passage.commit()
        if (!isPromise(effects)) this.#note(effects)
        else {
          pending ??= []
          pending.push(effects.then((known) => this.#note(known)))
        }
      } catch (error) {
        pending ??= []
        pending.push(Promise.reject(error))
      }
    }
    return pending === null ? undefined : allDone(pending)
  }

  #note(effects: ResponseEffects | null): void {
    if (effects !== null) this.#effects.push(effects)
  }

  /** Gives a call to Node; with the end, waits for what changed since the headers left. */
  #pass(method: SendMethod, args: unknown[]): unknown {
    const saving = method === 'end' ? this.#save() : undefined
    return isPromise(saving) ? this.#hold(saving, method, args) : this.#send(method, args)
  }

  #hold(saving: PromiseLike<void>, method: SendMethod, args: unknown[]): unknown {
    this.#stage = 'waiting'
    this.#closed = new ClosedHead(
      this.#response,
      () => void this.#waiting.push({ method: 'flush', args: [] }),
    )
    saving.then(
      () => this.#release(),
      (error: unknown) => this.#fail(error, this.#reopen()),
    )
    return this.#wait(method, args)
  }

  #wait(method: SendMethod, args: unknown[]): unknown {
    this.#waiting.push({ method, args })
    if (method === 'end') this.#closed?.end()
    if (method !== 'write') return this.#response
    // As Node answers: wait for 'drain', when more is waiting than its buffer would take.
    this.#waitingLength += lengthOf(args[0])
    this.#toldToWait ||= this.#waitingLength >= this.#response.writableHighWaterMark
    return !this.#toldToWait
  }

  /** The sessions are saved: what was waiting goes out, in order. */
  #release(): void {
    const drain = this.#toldToWait
    const waiting = this.#reopen()
    this.#stage = 'saved'
    let flowing = true
    for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
      try {
        const { method, args } = call
        const answer = method === 'flush' ? this.#response.flush?.() : this.call(method, args)
        if (method === 'write') flowing = answer === true
      } catch (error) {
        // Without the wait, the handler itself would have met this error.
        this.#fail(error, waiting)
        return
      }
    }
    if (drain && flowing && !this.#response.writableEnded) this.#response.emit('drain')
  }

  #reopen(): Call[] {
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingLength = 0
    this.#toldToWait = false
    this.#closed?.open()
    this.#closed = null
    return waiting
  }

  /** The response becomes an error, and what was waiting to be sent is dropped. */
  #fail(error: unknown, waiting: readonly Call[]): void {
    this.#stage = 'failed'
    const response = this.#response
    // The status has gone out as a success: only a broken body can still say that it was none.
    if (response.headersSent) this.#break(error)
    else {
      try {
        const status = isSessionError(error) ? error.status : 500
        const send = (method: SendMethod, args: unknown[]): unknown => this.#send(method, args)
        answerFailure(response, status, send, () => this.#onFailure(error, response))
      } catch (unanswered) {
        this.#break(unanswered)
      }
    }
    for (const { method, args } of waiting) drop(response, method, args)
  }

  #break(error: unknown): void {
    const cause = error instanceof Error ? error : new Error(`It failed with a ${typeof error}`)
    warn(`A response was cut off, since its session could not be saved: ${cause.message}`)
    this.#response.destroy(cause)
  }

  /** Everything that makes headers leave ends in `writeHead`, Node's own methods too: there the effects are written. */
  #send(method: SendMethod, args: unknown[]): unknown {
    const withEffects = method === 'writeHead' && this.#effects.length > 0 && !this.#response.headersSent
    return Reflect.apply(this.#own[method], this.#response, withEffects ? this.#writeEffects(args) : args)
  }

  #writeEffects(args: unknown[]): unknown[] {
    const rest = adoptHead(this.#response, args)
    const headers = new NodeResponseHeaders(this.#response)
    for (const effects of this.#effects) applyEffects(effects, headers)
    return rest
  }
}

function lengthOf(chunk: unknown): number {
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk.length : 0
}

function nothing(): void {}

async function allDone(pending: readonly PromiseLike<void>[]): Promise<void> {
  await Promise.allSettled(pending)
  await Promise.all(pending)
}

const HOLDING = {
  writeHead(this: Holdable, ...args: unknown[]): unknown {
    return this[HELD]?.call('writeHead', args)
  },
  write(this: Holdable, ...args: unknown[]): unknown {
    return this[HELD]?.call('write', args)
  },
  end(this: Holdable, ...args: unknown[]): unknown {
    return this[HELD]?.call('end', args)
  },
  flushHeaders(this: Holdable, ...args: unknown[]): unknown {
    return this[HELD]?.call('flushHeaders', args)
  },
}
