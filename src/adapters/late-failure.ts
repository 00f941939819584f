import type { IncomingMessage, ServerResponse } from 'node:http'
import { isError } from '../core/is-error.ts'
import { warn } from '../core/warning.ts'
import { answerWithError } from './error-response.ts'
import { hasSentHead } from './node-response.ts'

/** What a middleware calls to have the request go on, or to have the framework answer for an error. */
export type Next = (error?: unknown) => void

// An error handler that looks something up has answered by then; clients and proxies have not given up yet.
const LONGEST_SILENCE_MS = 5_000

/** Gives an error to the framework's error handling, and answers where that breaks: Polka takes an error's code for a status. */
export function fail(error: unknown, response: ServerResponse, next: Next): void {
  try {
    next(error)
  } catch (broken) {
    const reason = isError(broken) ? broken.message : typeof broken
    warn(
      `The app's error handling failed on an error of the session, which was answered without it: ${reason}`,
    )
    answerWithError(error, response)
  }
}

/**
 * Does the same with an error that comes when the request has gone on already. Express and its kin hear a second `next`; what hears one
 * alone, as h3, koa-connect and Restify do, does not, and there we answer once nobody else has.
 */
export function failLate(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
): void {
  if (handsOutItsNextAgain(request)) {
    answerWithError(error, response)
    return
  }
  fail(error, response, next)
  if (isOver(response)) return
  const silence = setTimeout(() => {
    if (!isOver(response)) answerWithError(error, response)
  }, LONGEST_SILENCE_MS)
  silence.unref()
}

/**
 * Whether the request came through @fastify/middie. It lends the same `next` to another request after the first call: a second one would have
 * that request answered with this one's error, or skip what guards it. It is known by what it puts on Node's request, as Express does too.
 */
function handsOutItsNextAgain(request: IncomingMessage): boolean {
  return Object.hasOwn(request, 'ips') && !('app' in request)
}

/** Whether somebody has answered, or the visitor has gone. */
function isOver(response: ServerResponse): boolean {
  return response.writableEnded || hasSentHead(response) || response.destroyed
}
