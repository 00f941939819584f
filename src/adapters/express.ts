import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Awaitable, isPromise } from '../core/awaitable.ts'
import type { Passage } from '../core/passage.ts'
import type { Session, SessionReplacement } from '../core/session.ts'
import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import { foreignSessionError } from './foreign-session.ts'
import { HeldResponse } from './held-response.ts'
import { keepTick } from './kept-tick.ts'
import { fail, failLate, hearingOf, type Next } from './late-failure.ts'
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
export type SessionMiddleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void

const USAGE = 'app.use(session(createSessions({ … })))'

/**
 * Gives every request its session as `req.session`.
 *
 * The session is saved before the first byte of the response's headers leaves, whichever way the handler answers.
 * When it could not be loaded or saved, `next` gets a `StoreError` with `status` 503, which Express's own error
 * handling honours. Mounted twice with the same manager, it is one session; with another, `req.session` is that
 * one's from there on, and both are saved.
 *
 * `req.session = null` and `delete req.session` do what `req.session.clear()` does, when the session is saved. At the upgrade to
 * a WebSocket, as in socket.io's `io.engine.use` and express-ws, what uses the session saves it, it can get no new id, and what is put in its
 * place counts for nothing.
 *
 * On a request that has a session of express-session or cookie-session already, `next` gets a `ConfigError`.
 *
 * @param sessions - The manager, from `createSessions`.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` `sessions` is not what `createSessions` gives.
 */
export function session<Data extends object = DefaultData>(sessions: Sessions<Data>): SessionMiddleware {
  checkSessions(sessions, USAGE)
  keepTick()
  return (request: IncomingMessage & SessionHolder & { upgrade?: boolean | null }, response, next) => {
    const known = passageOf(request, sessions)
    if (known !== undefined) {
      show(request, sessions, known)
      offerSessionId(request)
      next()
      return
    }
    const foreign = foreignSessionError(request)
    if (foreign !== null) {
      fail(foreign, response, next)
      return
    }
    const enter = (passage: Passage<Data>): void => {
      show(request, sessions, passage)
      const shown = new ShownSession(request, passage)
      offerSessionId(request)
      if (isStandIn(request, response)) passage.whenUsed(() => false)
      else {
        const hearing = hearingOf(request, next)
        HeldResponse.hold(response, shown, (error) => failLate(error, response, next, hearing))
      }
      next()
    }
    let opened: Awaitable<Passage<Data>>
    try {
      opened = sessions.open(request)
    } catch (error) {
      fail(error, response, next)
      return
    }
    if (isPromise(opened)) opened.then(enter, (error: unknown) => fail(error, response, next))
    else enter(opened)
  }
}

/**
 * Whether a response only stands in for one, at the upgrade to a socket: its head leaves by another way, as on socket.io, or not at all, as on
 * express-ws. What uses the session there saves it.
 */
function isStandIn(request: { upgrade?: boolean | null }, response: ServerResponse): boolean {
  return typeof response.flushHeaders !== 'function' || (request.upgrade === true && !response.socket)
}
