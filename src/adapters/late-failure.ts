import type { IncomingMessage, ServerResponse } from 'node:http'
import { isError } from '../core/is-error.ts'
import { warn } from '../core/warning.ts'
import { answerWithError } from './error-response.ts'
import { hasSentHead } from './node-response.ts'

/** What a middleware calls to have the request go on, or to have the framework answer for an error. */
export type Next = (error?: unknown) => void

/** Whether a `next` that has been called can be called again, with an error. */
export type Hearing = 'heard' | 'perhaps heard' | 'harmful'

// An error handler that looks something up has answered by then; clients and proxies have not given up yet.
const LONGEST_SILENCE_MS = 10_000

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
 * Says what a second call of `next` would do. Asked when the request comes: an Express app further in makes it look like one of its own.
 *
 * Express hears it. @fastify/middie lends the same `next` to another request after the first call, which would be answered with this one's
 * error, or skip what guards it: it is known by what it puts on Node's request, and tells its `next` from one of Express's router by that
 * router's note of it.
 */
export function hearingOf(request: IncomingMessage & { next?: unknown }, next: Next): Hearing {
  if (!Object.hasOwn(request, 'ips')) return 'app' in request ? 'heard' : 'perhaps heard'
  return request.next === next ? 'perhaps heard' : 'harmful'
}

/**
 * Gives an error to the framework when the request has gone on already. What hears one `next` alone, as h3, koa-connect and Restify do, does
 * not hear it: where that may be, we answer once nobody else has.
 */
export function failLate(error: unknown, response: ServerResponse, next: Next, hearing: Hearing): void {
  if (hearing === 'harmful') {
    answerWithError(error, response)
    return
  }
  fail(error, response, next)
  if (hearing === 'heard' || isOver(response)) return
  const silence = setTimeout(() => {
    if (isOver(response)) return
    answerWithError(error, response)
    muteHead(response)
  }, LONGEST_SILENCE_MS)
  silence.unref()
}

/** Whether somebody has answered, or the visitor has gone. */
function isOver(response: ServerResponse): boolean {
  return response.writableEnded || hasSentHead(response) || response.destroyed
}

/** Lets an error handler that comes too late say what it likes: what it throws may end the process. Its body is dropped already. */
function muteHead(response: ServerResponse): void {
  const nothing = (): ServerResponse => response
  Object.assign(response, {
    setHeader: nothing,
    appendHeader: nothing,
    removeHeader: nothing,
    writeHead: nothing,
    flushHeaders: nothing,
  })
}
