import type { IncomingMessage, ServerResponse } from 'node:http'
import { then } from '../core/awaitable.ts'
import type { Passage } from '../core/passage.ts'
import type { DefaultData, Session } from '../core/session.ts'
import type { Sessions } from '../core/sessions.ts'
import { errorAnswer } from './error-response.ts'
import { HeldResponse } from './held-response.ts'

/** A request with its session. */
export type SessionRequest<Data extends object> = IncomingMessage & {
  /** The visitor's session. */
  readonly session: Session<Data>
}

/** Answers a request that has a session. What it throws, or rejects with, becomes a 500. */
export type SessionListener<Data extends object> = (
  request: SessionRequest<Data>,
  response: ServerResponse,
) => void | Promise<void>

/**
 * Gives every request of a `node:http` server its session as `request.session`.
 *
 * The session is saved before the first byte of the headers leaves, whichever way the handler answers. When the
 * store fails the client gets a 503 in JSON, and a handler whose session could not be loaded is not called.
 *
 * @param sessions - The manager, from `createSessions`.
 * @param listener - Your handler.
 * @returns A listener for `createServer`.
 */
export function session<Data extends object = DefaultData>(
  sessions: Sessions<Data>,
  listener: SessionListener<Data>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const fail = (error: unknown): void => answerWithError(response, error)
    const handle = (passage: Passage<Data>): void | Promise<void> => {
      HeldResponse.hold(response, passage, fail)
      return listener(withSession(request, passage), response)
    }
    try {
      Promise.resolve(then(sessions.open(request.headers.cookie), handle)).catch(fail)
    } catch (error) {
      fail(error)
    }
  }
}

function withSession<Data extends object>(
  request: IncomingMessage,
  passage: Passage<Data>,
): SessionRequest<Data> {
  return Object.defineProperty(request, 'session', {
    get: () => passage.session,
    configurable: true,
    enumerable: true,
  }) as SessionRequest<Data>
}

function answerWithError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, body } = errorAnswer(error)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(body)
}
