import type { Context, ErrorHandler } from 'hono'
import { ContextSession, dropResponse, enterPassage, openPassage } from '../adapters/hono/passing.ts'
import type { SessionEnv } from '../adapters/hono.ts'
import { type Awaitable, andThen, isPromise } from '../core/awaitable.ts'
import { isError } from '../core/is-error.ts'
import type { Passage } from '../core/passage.ts'
import type { ResponseEffects } from '../core/response-effects.ts'
import type { Answer } from './answer.ts'
import { HonoArrival, type RouteTurner, type SessionArrival } from './arrival.ts'
import type { OwnHandlers } from './direct-router.ts'
import { Exchange, type Exchanges } from './exchange.ts'
import type { RequestSettings } from './request.ts'
import { type AnyHandler, runHandler } from './run-handler.ts'

/** What an app's requests are run with. */
export interface DirectSettings<Data extends object> {
  readonly request: RequestSettings<Data>
  readonly exchanges: Exchanges<Data>
  readonly answerTimeout: number
  /** Answers for what a handler threw. */
  onError: ErrorHandler<SessionEnv<Data>>
}

/**
 * Runs a request whose handlers are all the app's own, from its session to its response, as Hono would.
 *
 * Nothing is waited for that is here already: with a store in memory and handlers that answer at once, the response is
 * there when this function returns.
 *
 * @throws {StoreError} the session could not be loaded or saved.
 */
export function runDirectly<Data extends object>(
  context: Context<SessionEnv<Data>>,
  own: OwnHandlers<Data>,
  settings: DirectSettings<Data>,
): Response | Promise<Response> {
  const ran = andThen(openPassage(settings.request.sessions, context.req.raw), (passage) => {
    // Also where nobody looks for the session in the context: it keeps a Worker awake for late saves.
    passage.follow(new ContextSession(context))
    return new DirectRun(new HonoArrival(context), own.handlers, own, settings, passage).run()
  })
  return isPromise(ran) ? Promise.resolve(ran).then(departed) : departed(ran)
}

function departed<Data extends object>(run: DirectRun<Data>): Response | Promise<Response> {
  return run.depart()
}

/** One such request, once its session is open. */
export class DirectRun<Data extends object> {
  /** What the session does to the response's headers, when the run has ended. */
  effects: ResponseEffects | null = null
  readonly #handlers: readonly AnyHandler<Data>[]
  readonly #turner: RouteTurner
  readonly #settings: DirectSettings<Data>
  readonly #passage: Passage<Data>
  readonly #exchange: Exchange<Data>
  #shown = false

  constructor(
    arrival: SessionArrival<Data>,
    handlers: readonly AnyHandler<Data>[],
    turner: RouteTurner,
    settings: DirectSettings<Data>,
    passage: Passage<Data>,
  ) {
    this.#handlers = handlers
    this.#turner = turner
    this.#settings = settings
    this.#passage = passage
    this.#exchange = new Exchange(arrival, settings.request, passage)
  }

  /** The answer, to be sent when the run has ended. */
  get answer(): Answer {
    return this.#exchange.answer
  }

  /**
   * Runs the handlers, then saves the session.
   * @throws {StoreError} the session could not be saved.
   */
  run(): Awaitable<this> {
    return andThen(this.#turn(0), () => this.#save())
  }

  /**
   * Makes the response that leaves, when the run has ended.
   * @throws {Error} it cannot be sent, such as one that was sent before.
   */
  depart(): Response | Promise<Response> {
    try {
      return this.answer.depart(this.effects)
    } catch (error) {
      return this.#dropAnswer(error)
    }
  }

  #turn(at: number): Awaitable<void> {
    const handler = this.#handlers[at]
    if (handler === undefined) return this.#answerNoRoute()
    const goOn = async (): Promise<void> => {
      this.#turner.turnTo(at + 1)
      await this.#turn(at + 1)
      // Back from the handlers behind: `req.params` is this handler's own again.
      this.#turner.turnTo(at)
    }
    const ran = runHandler(handler, this.#exchange, goOn, this.#settings.answerTimeout)
    return isPromise(ran) ? ran.then(undefined, (error: Error) => this.#answerError(error)) : ran
  }

  async #answerNoRoute(): Promise<void> {
    if (this.#exchange.answer.given) return
    const { context } = this.#exchange
    this.#showToHono()
    const response = await context.notFound()
    if (!context.finalized) context.res = response
  }

  async #answerError(error: Error): Promise<void> {
    const { context } = this.#exchange
    this.#showToHono()
    context.error = error
    context.res = await this.#settings.onError(error, context)
  }

  #save(): Awaitable<this> {
    try {
      const committed = this.#passage.commit(this.answer.status)
      if (!isPromise(committed)) return this.#end(committed)
      return committed.then(
        (effects) => this.#end(effects),
        (error: unknown) => this.#dropAnswer(error),
      )
    } catch (error) {
      return this.#dropAnswer(error)
    }
  }

  #end(effects: ResponseEffects | null): this {
    this.effects = effects
    return this
  }

  #dropAnswer(error: unknown): never {
    this.#showToHono()
    const { context } = this.#exchange
    if (isError(error)) context.error = error
    return dropResponse(error, this.#passage, context)
  }

  /** From here on Hono's error and not-found handlers take part, who look at the context. */
  #showToHono(): void {
    const { context, answer } = this.#exchange
    answer.settle()
    if (this.#shown) return
    this.#shown = true
    const { exchanges, request } = this.#settings
    exchanges.keep(this.#exchange)
    enterPassage(context, request.sessions, this.#passage)
  }
}
