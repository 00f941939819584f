import type { IncomingMessage, ServerResponse } from 'node:http'
import { isPromise } from '../core/awaitable.ts'
import type { Passage } from '../core/passage.ts'
import type { Session, SessionReplacement } from '../core/session.ts'
import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import { answerWithError } from './error-response.ts'
import { HeldResponse, type Holdable } from './held-response.ts'
import { keepTick } from './kept-tick.ts'
import { passageOf } from './mount.ts'
import { checkHandler, checkSessions } from './mount-arguments.ts'
import { ShownSession, show } from './shown-session.ts'

/** What is asked of a request: Node's own, of HTTP/1 or of HTTP/2. */
export interface RequestWithCookies {
  /** The request's headers, by lower-case name. */
  headers: { cookie?: string | undefined }
  /** Where the session is put. */
  session?: unknown
}

/** A request with its session. */
export type SessionRequest<Data extends object = DefaultData, Request = IncomingMessage> = Request & {
  /** The visitor's session. */
  get session(): Session<Data>
  set session(replacement: SessionReplacement<Data>)
}

/**
 * Answers a request that has a session. What it returns does not matter, as with Node's own listeners. What it throws, or
 * rejects with, is shown on the console, and becomes a 500 unless the response was ended before.
 */
export type SessionListener<Data extends object, Request = IncomingMessage, Response = ServerResponse> = (
  request: SessionRequest<Data, Request>,
  response: Response,
) => unknown

const USAGE = 'createServer(session(createSessions({ … }), (req, res) => { … }))'

/**
 * Gives every request of a `node:http`, `node:https` or `node:http2` server its session as `request.session`.
 *
 * The session is saved before the first byte of the headers leaves, whichever way the handler answers. When the
 * store fails the client gets a 503 in JSON, and a handler whose session could not be loaded is not called.
 *
 * @param sessions - The manager, from `createSessions`.
 * @param listener - Your handler.
 * @returns A listener for `createServer`.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` `sessions` is not what `createSessions` gives, or the handler no function.
 */
export function session<
  Data extends object = DefaultData,
  Request extends RequestWithCookies = IncomingMessage,
  Response extends Holdable = ServerResponse,
>(
  sessions: Sessions<Data>,
  listener: SessionListener<Data, Request, Response>,
): (request: Request, response: Response) => void {
  checkSessions(sessions, USAGE)
  checkHandler(listener, USAGE)
  keepTick()
  const handle = (request: Request, response: Response, passage: Passage<Data>): void => {
    try {
      giveSession(request, sessions, passage)
      const handled = listener(request, response)
      if (isPromise(handled)) handled.then(undefined, (error: unknown) => answerWithError(error, response))
    } catch (error) {
      answerWithError(error, response)
    }
  }
  const begin = (request: Request, response: Response, passage: Passage<Data>): void => {
    HeldResponse.hold(response, new ShownSession(request, passage), answerWithError)
    handle(request, response, passage)
  }
  return (request, response) => {
    const known = passageOf(request, sessions)
    if (known !== undefined) {
      handle(request, response, known)
      return
    }
    try {
      const opened = sessions.open(request)
      if (!isPromise(opened)) begin(request, response, opened)
      else {
        opened.then(
          (passage) => begin(request, response, passage),
          (error: unknown) => answerWithError(error, response),
        )
      }
    } catch (error) {
      answerWithError(error, response)
    }
  }
}

function giveSession<Data extends object, Request extends RequestWithCookies>(
  request: Request,
  sessions: Sessions<Data>,
  passage: Passage<Data>,
): asserts request is SessionRequest<Data, Request> {
  show(request, sessions, passage)
}
