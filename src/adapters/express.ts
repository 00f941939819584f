import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Awaitable, isPromise } from '../core/awaitable.ts'
import { isError } from '../core/is-error.ts'
import type { Passage } from '../core/passage.ts'
import type { Session, SessionReplacement } from '../core/session.ts'
import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import { warn } from '../core/warning.ts'
import { answerWithError } from './error-response.ts'
import { HeldResponse } from './held-response.ts'
import { keepTick } from './kept-tick.ts'
import { passageOf } from './mount.ts'
import { checkSessions } from './mount-arguments.ts'
import { offerSessionId } from './session-id.ts'
import { type SessionHolder, ShownSession, show } from './shown-session.ts'

declare global {
  namespace Express {
    // What Express's own types merge into every request; declared here, it needs no package of types.
    interface Request {
      /** The visitor's session. To type its data, extend `SessionData` of `coatcheck`. */
      get session(): Session
      set session(replacement: SessionReplacement)
      /** The session's id: `session.id`, under the name other middleware knows. */
      sessionID: string
    }
  }
}

/** Middleware for Express 4 and 5, Connect, Polka and NestJS on Express. */
export type SessionMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

const USAGE = 'app.use(session(createSessions({ … })))'

/**
 * Gives every request its session as `req.session`.
 *
 * The session is saved before the first byte of the response's headers leaves, whichever way the handler answers.
 * When it could not be loaded or saved, `next` gets a `StoreError` with `status` 503, which Express's own error
 * handling honours. Mounted twice with the same manager, it is one session; with another, `req.session` is that
 * one's from there on, and both are saved.
 *
 * `req.session = null` and `delete req.session` do what `req.session.clear()` does, when the session is saved. In
 * socket.io's `io.engine.use` it gives the session too; what is changed there over a WebSocket is saved by
 * `req.session.save()` alone.
 *
 * @param sessions - The manager, from `createSessions`.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` `sessions` is not what `createSessions` gives.
 */
export function session<Data extends object = DefaultData>(sessions: Sessions<Data>): SessionMiddleware {
  checkSessions(sessions, USAGE)
  keepTick()
  return (request: IncomingMessage & SessionHolder, response, next) => {
    const known = passageOf(request, sessions)
    if (known !== undefined) {
      show(request, sessions, known)
      offerSessionId(request)
      next()
      return
    }
    const enter = (passage: Passage<Data>): void => {
      show(request, sessions, passage)
      const shown = new ShownSession(request, passage)
      offerSessionId(request)
      // What stands in for a response at a socket.io handshake has no head that could wait for a save.
      if (typeof response.flushHeaders === 'function') {
        HeldResponse.hold(response, shown, (error) => pass(error, response, next))
      }
      next()
    }
    let opened: Awaitable<Passage<Data>>
    try {
      opened = sessions.open(request)
    } catch (error) {
      pass(error, response, next)
      return
    }
    if (isPromise(opened)) opened.then(enter, (error: unknown) => pass(error, response, next))
    else enter(opened)
  }
}

/** Gives an error to the framework's error handling, and answers where that breaks: Polka takes an error's code for a status. */
function pass(error: unknown, response: ServerResponse, next: (error?: unknown) => void): void {
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
