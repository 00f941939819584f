import type { Context, ErrorHandler } from 'hono'
import { dropResponse, enterPassage, openPassage } from '../adapters/hono/passing.ts'
import type { SessionEnv } from '../adapters/hono.ts'
import { type Awaitable, andThen, isPromise } from '../core/awaitable.ts'
import type { Passage } from '../core/passage.ts'
import type { OwnHandlers } from './direct-router.ts'
import { Exchange, type Exchanges } from './exchange.ts'
import type { RequestSettings } from './request.ts'
import { runHandler } from './run-handler.ts'

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
  const response = andThen(openPassage(settings.request.sessions, context), (passage) =>
    new DirectRun(context, own, settings, passage).run(),
  )
  return isPromise(response) ? Promise.resolve(response) : response
}

/** One such request, once its session is open. */
class DirectRun<Data extends object> {
  readonly #own: OwnHandlers<Data>
  readonly #settings: DirectSettings<Data>
  readonly #passage: Passage<Data>
  readonly #exchange: Exchange<Data>
  #shown = false

  constructor(
    context: Context<SessionEnv<Data>>,
    own: OwnHandlers<Data>,
    settings: DirectSettings<Data>,
    passage: Passage<Data>,
  ) {
    this.#own = own
    this.#settings = settings
    this.#passage = passage
    this.#exchange = new Exchange(context, settings.request, passage)
  }

  run(): Awaitable<Response> {
    return andThen(this.#turn(0), () => this.#leave())
  }

  #turn(at: number): Awaitable<void> {
    const handler = this.#own.handlers[at]
    if (handler === undefined) return this.#answerNoRoute()
    const goOn = async (): Promise<void> => {
      this.#own.turnTo(at + 1)
      await this.#turn(at + 1)
      // Back from the handlers behind: `req.params` is this handler's own again.
      this.#own.turnTo(at)
    }
    const ran = runHandler(handler, this.#exchange, goOn, this.#settings.answerTimeout)
    return isPromise(ran) ? ran.then(undefined, (error: Error) => this.#answerError(error)) : ran
  }

  async #answerNoRoute(): Promise<void> {
    const { context, answer } = this.#exchange
    if (answer.given || context.finalized) return
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

  #leave(): Awaitable<Response> {
    const { answer } = this.#exchange
    try {
      const committed = this.#passage.commit()
      if (!isPromise(committed)) return answer.depart(committed)
      return committed
        .then((effects) => answer.depart(effects))
        .then(undefined, (error: unknown) => this.#dropAnswer(error))
    } catch (error) {
      return this.#dropAnswer(error)
    }
  }

  #dropAnswer(error: unknown): never {
    this.#showToHono()
    return dropResponse(error, this.#passage, this.#exchange.context)
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
