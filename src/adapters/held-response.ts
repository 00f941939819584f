import { type Awaitable, isPromise } from '../core/awaitable.ts'
import { isSessionError } from '../core/errors.ts'
import { isError } from '../core/is-error.ts'
import type { Passage } from '../core/passage.ts'
import type { ResponseEffects } from '../core/response-effects.ts'
import { warn } from '../core/warning.ts'
import { departingHead } from './departing-head.ts'
import { effectsInHead } from './head-effects.ts'
import { refuse } from './held-response/closed-head.ts'
import { answerFailure, drop } from './held-response/failure-answer.ts'
import { type HeldCall, HeldCalls } from './held-response/held-calls.ts'
import { hasClosed, hasSentHead, type NodeResponse, type SendMethod } from './node-response.ts'

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

type SendFunction = (...args: unknown[]) => unknown

/** What is saved before a response leaves: a passage. */
export type Committable = Pick<Passage<object>, 'commit' | 'commitUnheard' | 'giveUp'>

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
  readonly #writeHead: SendFunction
  readonly #write: SendFunction
  readonly #end: SendFunction
  readonly #flushHeaders: SendFunction
  readonly #first: Committable
  /** Those of other managers. Not one list with the first: see docs/decisions/0016-collected-young.md. */
  #others: Committable[] | null = null
  #effects: ResponseEffects[] | null = null
  #stage: Stage = 'open'
  #ending = false
  #waiting: HeldCalls | null = null

  private constructor(response: Holdable, passage: Committable, onFailure: OnFailure) {
    this.#response = response
    this.#onFailure = onFailure
    this.#first = passage
    this.#writeHead = response.writeHead
    this.#write = response.write
    this.#end = response.end
    this.#flushHeaders = response.flushHeaders ?? nothing
    response[HELD] = this
    // One by one: Object.assign would take six times as long (Node 24).
    response.writeHead = HOLDING.writeHead
    response.write = HOLDING.write
    response.end = HOLDING.end
    response.flushHeaders = HOLDING.flushHeaders
    if (hasClosed(response)) this.close()
    else response.on?.('close', HOLDING.close)
  }

  /**
   * Holds a response for a session; one that is held already waits for this session as well.
   * @param onFailure - Answers when the save fails. The first one given counts.
   * @returns Whether its head can still wait. The end of the body does in any case.
   */
  static hold(response: Holdable, passage: Committable, onFailure: OnFailure): boolean {
    const known = response[HELD]
    const held = known ?? new HeldResponse(response, passage, onFailure)
    if (known !== undefined) known.#join(passage)
    return held.#stage === 'open' && !hasSentHead(response)
  }

  #join(passage: Committable): void {
    this.#others ??= []
    this.#others.push(passage)
    if (hasClosed(this.#response)) this.#saveUnheard(passage)
  }

  /**
   * Saves when nobody is there any more to be answered. A framework may leave such a response alone, and what its handler has done,
   * such as to log somebody out, would be lost.
   */
  close(): void {
    if (this.#stage !== 'open') return
    this.#stage = 'saved'
    this.#saveUnheard(this.#first)
    if (this.#others !== null) for (const passage of this.#others) this.#saveUnheard(passage)
  }

  #saveUnheard(passage: Committable): void {
    const failed = (error: unknown): void =>
      warn(`${UNHEARD}: ${isError(error) ? error.message : typeof error}`)
    try {
      const saving = passage.commitUnheard()
      if (isPromise(saving)) saving.then(undefined, failed)
    } catch (error) {
      failed(error)
    }
  }

  /** Finds what holds a response. */
  static of(response: Holdable): HeldResponse | undefined {
    return response[HELD]
  }

  /**
   * Saves the sessions before the handler's response is given to Node, for a framework that can still turn it
   * into an error then. The effects are written when the head leaves.
   * @param isWhole - Whether all of the response is there. It is then shown as ended while it waits: Fastify goes on to the route
   * behind a guard unless it is so, and the guard has answered.
   * @throws {SessionError} a session could not be saved; the response may still become anything.
   */
  commit(isWhole: boolean): Awaitable<void> {
    if (this.#stage !== 'open') return
    const saving = this.#save()
    if (!isPromise(saving)) {
      this.#stage = 'saved'
      return
    }
    const waiting = this.#wait()
    if (isWhole) waiting.showEnd()
    return saving.then(
      () => this.#release(waiting),
      (error: unknown) => this.#reopen(waiting, error),
    )
  }

  /** Gives the response back to a framework that answers for the error. */
  #reopen(waiting: HeldCalls, error: unknown): never {
    for (const { method, args } of waiting.open()) drop(this.#response, method, args)
    this.#stage = 'open'
    throw error
  }

  /** What a call of one of the four methods does instead. */
  call(method: SendMethod, args: unknown[]): unknown {
    if (method === 'flushHeaders' && this.#stage === 'open' && !this.#makeHead()) return
    if (this.#stage === 'saved') return this.#pass(method, args)
    if (this.#stage === 'failed') return drop(this.#response, method, args)
    if (this.#stage === 'waiting') {
      if (method === 'writeHead') refuse('write')
      return this.#waiting?.add(method, args)
    }
    const saving = this.#save(method === 'writeHead' ? args[0] : undefined)
    if (isPromise(saving)) return this.#hold(saving, method, args)
    this.#stage = 'saved'
    return this.#send(method, args)
  }

  /**
   * Makes the head of what is to be flushed, as Node does: middleware such as compression waits for `writeHead`, and must
   * know before the head looks sent.
   * @returns `false` when middleware keeps the head back: there is nothing to flush.
   */
  #makeHead(): boolean {
    if (hasSentHead(this.#response)) return true
    this.#response.writeHead(this.#response.statusCode)
    return this.#stage !== 'open'
  }

  /**
   * Saves all sessions; rejects with the first failure, when each has been tried.
   * @param given - The status that the head is made with, where that is given to `writeHead`.
   */
  #save(given?: unknown): Awaitable<void> {
    const status = typeof given === 'number' ? given : this.#response.statusCode
    const saving = this.#saveOne(this.#first, status)
    if (this.#others === null) return saving
    const pending = [saving, ...this.#others.map((passage) => this.#saveOne(passage, status))].filter(
      isPromise,
    )
    return pending.length === 0 ? undefined : allDone(pending)
  }

  #saveOne(passage: Committable, status: number): Awaitable<void> {
    try {
      const effects = passage.commit(status)
      return isPromise(effects) ? this.#noteLater(passage, effects) : this.#note(effects)
    } catch (error) {
      return this.#giveUp(passage, error)
    }
  }

  /** Apart, so that its closures cost nothing where nothing is waited for. */
  #noteLater(passage: Committable, effects: PromiseLike<ResponseEffects | null>): PromiseLike<void> {
    return effects.then(
      (known) => this.#note(known),
      (error: unknown) => this.#giveUp(passage, error),
    )
  }

  async #giveUp(passage: Committable, error: unknown): Promise<never> {
    this.#note(passage.giveUp())
    throw error
  }

  #note(effects: ResponseEffects | null): void {
    if (effects === null) return
    this.#effects ??= []
    this.#effects.push(effects)
  }

  /** Gives a call to Node; with the end, waits for what changed since the headers left. */
  #pass(method: SendMethod, args: unknown[]): unknown {
    // Once: what is still changed while the end waits is saved by itself, and no end may wait for ever.
    const saving = method === 'end' && !this.#ending ? this.#save() : undefined
    if (method === 'end') this.#ending = true
    return isPromise(saving) ? this.#hold(saving, method, args) : this.#send(method, args)
  }

  #hold(saving: PromiseLike<void>, method: SendMethod, args: unknown[]): unknown {
    const waiting = this.#wait()
    saving.then(
      () => this.#release(waiting),
      (error: unknown) => this.#fail(error, NOT_SAVED, waiting.open(), waiting.ended),
    )
    return waiting.add(method, args)
  }

  #wait(): HeldCalls {
    this.#stage = 'waiting'
    const response = this.#response
    const direct = !isWrapped(response, 'write', this.#write) && !isWrapped(response, 'end', this.#end)
    const waiting = new HeldCalls(response, direct)
    this.#waiting = waiting
    return waiting
  }

  /** The sessions are saved: what was waiting goes out, in order. */
  #release(waiting: HeldCalls): void {
    const drain = waiting.toldToWait
    const calls = waiting.open()
    this.#stage = 'saved'
    let flowing = true
    // Not taken off one by one, which copies all that are left each time.
    for (const [at, { method, args }] of calls.entries()) {
      try {
        const answer = method === 'flush' ? this.#response.flush?.() : this.call(method, args)
        if (method === 'write') flowing = answer === true
      } catch (error) {
        // Without the wait, the handler itself would have met this error.
        this.#fail(error, NOT_SENDABLE, calls.slice(at + 1), waiting.ended)
        return
      }
    }
    if (drain && flowing && !this.#response.writableEnded) this.#response.emit('drain')
  }

  /**
   * The response becomes an error, and what was waiting to be sent is dropped.
   * @param what - What the error is of, should the response have to be cut off.
   * @param ended - Whether the handler has ended the response.
   */
  #fail(error: unknown, what: string, waiting: readonly HeldCall[], ended: boolean): void {
    this.#stage = 'failed'
    const response = this.#response
    // The status has gone out as a success: only a broken body can still say that it was none.
    if (hasSentHead(response)) this.#break(error, what)
    else {
      try {
        // Of a manager further in, such as Hono's: this answer has a head of its own.
        for (const effects of effectsInHead(response)) this.#note(effects)
        const status = isSessionError(error) ? error.status : 500
        const send = (method: SendMethod, args: unknown[]): unknown => this.#send(method, args)
        answerFailure({ response, status, ended, send }, () => this.#onFailure(error, response))
      } catch (unanswered) {
        this.#break(unanswered, NOT_ANSWERED)
      }
    }
    for (const { method, args } of waiting) drop(response, method, args)
  }

  #break(error: unknown, what: string): void {
    const cause = isError(error) ? error : new Error(`It failed with a ${typeof error}`)
    warn(`A response was cut off, since ${what}: ${cause.message}`)
    this.#response.destroy(cause)
  }

  /**
   * Gives a call to Node, or to middleware mounted before us. All that Node itself does to make headers leave ends in
   * `writeHead`, as it stands on the response: there the effects are written.
   */
  #send(method: SendMethod, args: unknown[]): unknown {
    const response = this.#response
    const effects = this.#effects
    const send = this.#methodOf(method)
    const writes = effects !== null && (method === 'writeHead' || isWrapped(response, method, send))
    if (!writes || hasSentHead(response)) return Reflect.apply(send, response, args)
    if (method === 'writeHead') return Reflect.apply(send, response, departingHead(response, args, effects))
    // What stands before us may call the `writeHead` below it. To write them once more in our own changes nothing.
    departingHead(response, [], effects)
    return Reflect.apply(send, response, args)
  }

  // Not a table by name: that is looked through on each call, of which a response has three.
  #methodOf(method: SendMethod): SendFunction {
    if (method === 'writeHead') return this.#writeHead
    if (method === 'write') return this.#write
    return method === 'end' ? this.#end : this.#flushHeaders
  }
}

const UNHEARD = 'A session was not saved, whose visitor had left before the answer'
const NOT_SAVED = 'its session could not be saved'
const NOT_SENDABLE = 'it could not be sent as the handler gave it'
const NOT_ANSWERED = 'the error of its session could not be answered'

function nothing(): void {}

/** Whether a method stood before Node's own on the response, when it was held. */
function isWrapped(response: Holdable, method: SendMethod, send: SendFunction): boolean {
  const own: Holdable = Object.getPrototypeOf(response)
  if (method === 'end') return own.end !== send
  return (method === 'write' ? own.write : own.flushHeaders) !== send
}

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
  close(this: Holdable): void {
    this[HELD]?.close()
  },
}
