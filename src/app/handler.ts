import type { DefaultData } from '../core/session-data.ts'
import type { AppRequest } from './request.ts'
import type { AppResponse } from './response.ts'

/**
 * Hands the request on to the next handler. The promise ends when everything after this handler has run; a handler
 * that does not wait for it is waited for all the same. It does not reject, so `work().catch(next)` is safe.
 *
 * @param error - Given, no further handler runs: the error goes to the error handlers, as if it had been thrown.
 */
export type NextFunction = (error?: unknown) => Promise<void>

/** What a handler may return: nothing, the response it answered with, or a web `Response` to answer with. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing has the type void
export type HandlerResult = Response | AppResponse | undefined | void

/**
 * Answers a request, or hands it on with `next()`: a route's handler and a middleware are the same thing.
 *
 * An `async` handler has answered, or handed on, when its promise ends. One that returns nothing and no promise may
 * still do so from a callback, within `answerTimeout`.
 */
export type Handler<Data extends object = DefaultData, Params = Record<string, string>> = (
  req: AppRequest<Data, Params>,
  res: AppResponse,
  next: NextFunction,
) => HandlerResult | Promise<HandlerResult>

/** Answers a request that failed, or hands the error on with `next(error)`. Told from a {@link Handler} by its four parameters. */
export type ErrorHandler<Data extends object = DefaultData> = (
  error: unknown,
  req: AppRequest<Data>,
  res: AppResponse,
  next: NextFunction,
) => HandlerResult | Promise<HandlerResult>
