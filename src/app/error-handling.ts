import type { Context } from 'hono'
import type { SessionEnv } from '../adapters/hono.ts'
import { isPromise } from '../core/awaitable.ts'
import { isSessionError } from '../core/errors.ts'
import { isError } from '../core/is-error.ts'
import { errorAnswer } from './error-answer.ts'
import type { Exchange } from './exchange.ts'
import type { ErrorHandler } from './handler.ts'
import { RouteTable } from './route-table.ts'
import { runHandler } from './run-handler.ts'
import { SourceFailure } from './sent-body.ts'
import { errorBy, thrownBy } from './thrown-value.ts'

/** Is told of an error that is the server's own fault. It may be async: nobody waits for it. */
export type ErrorReporter = (error: unknown, request: Request) => void

/** Answers the requests that failed: with the app's error handlers first, else in JSON. */
export class ErrorHandling<Data extends object> {
  readonly #handlers = new RouteTable<readonly [ErrorHandler<Data>]>()
  readonly #report: ErrorReporter
  readonly #timeout: number

  constructor(report: ErrorReporter, timeout: number) {
    this.#report = report
    this.#timeout = timeout
  }

  /** Adds a handler for errors of requests to this path. */
  add(path: string, handler: ErrorHandler<Data>): void {
    this.#handlers.add('ALL', path, [handler])
  }

  /** Answers for an error. An error handler that fails, or calls `next(error)`, leaves its error to those after it. */
  async answer(error: unknown, exchange: Exchange<Data>): Promise<Response> {
    const { context, answer } = exchange
    const handlers = this.#handlers.match('ALL', context.req.path)
    // What middleware meets that reads a body. The failure was told when it came.
    const isTold = error instanceof SourceFailure
    const first = errorBy(isTold ? (error.cause ?? error) : error)
    let current = first
    for (const [[handler]] of handlers) {
      answer.reset()
      const failure = await this.#run(handler, thrownBy(current), exchange)
      if (failure === null) return context.res
      current = failure.error
    }
    answer.reset()
    this.#answerInJson(current, exchange, isTold && current === first)
    return context.res
  }

  async #run(
    handler: ErrorHandler<Data>,
    error: unknown,
    exchange: Exchange<Data>,
  ): Promise<{ error: unknown } | null> {
    const passOn = (): Promise<void> => Promise.reject(error)
    try {
      await runHandler((req, res, next) => handler(error, req, res, next), exchange, passOn, this.#timeout)
      return null
    } catch (failure) {
      return { error: failure }
    }
  }

  #answerInJson(error: unknown, { context, response, answer }: Exchange<Data>, isTold: boolean): void {
    const own = ownResponse(error, context)
    if (own !== null) {
      answer.take(own)
      return
    }
    const { status, message, headers, fault } = errorAnswer(error, response.statusCode)
    if (fault && !isTold) this.tell(error, context.req.raw)
    // The headers first: one that is refused is an error of its own, whose status this one must not be.
    response.set(headers).set('cache-control', 'no-store').status(status).json({ error: message })
  }

  /**
   * Tells the app's reporter of an error. Does not throw: a reporter that fails, now or later, must not cost the client its
   * answer, nor us the error.
   */
  tell(error: unknown, request: Request): void {
    const print = (failure: unknown): void => {
      console.error(error)
      console.error(failure)
    }
    try {
      const reported: unknown = this.#report(error, request)
      if (isPromise(reported)) reported.then(undefined, print)
    } catch (failure) {
      print(failure)
    }
  }
}

/** The response of a Hono middleware's `HTTPException`, such as a challenge to log in. */
function ownResponse<Data extends object>(
  error: unknown,
  context: Context<SessionEnv<Data>>,
): Response | null {
  if (isSessionError(error) || !isError(error) || !('getResponse' in error)) return null
  const { getResponse } = error
  const response: unknown = typeof getResponse === 'function' ? getResponse.call(error, context) : null
  return response instanceof Response ? response : null
}
