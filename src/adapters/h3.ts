import type { Awaitable } from '../core/awaitable.ts'
import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import type { EventContext } from './event-context.ts'
import { session as fetchSession } from './fetch.ts'
import { mount, passageOf } from './mount.ts'
import { checkFunctions, checkSessions } from './mount-arguments.ts'

export type {} from './event-context.ts'

/** What the middleware needs of an event of h3 2. */
export interface H3SessionEvent {
  /** The request. */
  readonly req: Request
  /** Where the session is put. */
  readonly context: EventContext
  /** The app that answers it. */
  readonly app?: { readonly config?: object }
}

/** Functions of h3: from `h3`, in Nitro from `nitro/h3`. */
export interface H3Functions {
  /** Makes a response of what a handler gives. */
  toResponse(value: unknown, event: H3SessionEvent, config?: object): Awaitable<Response>
}

/** Middleware for h3 2. */
export type SessionMiddleware = (event: H3SessionEvent, next: () => unknown) => Awaitable<unknown>

const USAGE =
  "session(createSessions({ … }), { toResponse }), with toResponse from 'h3', in Nitro from 'nitro/h3'"

/**
 * Gives every request of an app of h3 2, and so of Nitro 3, its session as `event.context.session`. It is the app's first middleware: in
 * Nitro a file `server/middleware/00.session.ts`.
 *
 * The session is saved when the response is made, and before anybody gets it. What a handler throws is answered by h3, with
 * what was changed before saved. When the session cannot be loaded or saved, the response is a 503 in JSON. What the app asks
 * itself for with the context of an event, as by `app.request(path, init, event.context)`, is of that event's session.
 *
 * @param sessions - The manager, from `createSessions`.
 * @param h3 - The function `toResponse` of h3.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` `sessions` is not what `createSessions` gives, or `toResponse` is missing.
 */
export function session<Data extends object = DefaultData>(
  sessions: Sessions<Data>,
  h3: H3Functions,
): SessionMiddleware {
  checkSessions(sessions, USAGE)
  checkFunctions(h3, ['toResponse'], 'the function toResponse of h3', USAGE)
  const { toResponse } = h3
  const answer = fetchSession(
    sessions,
    (request, { session }, _env: undefined, event: H3SessionEvent, next: () => unknown) => {
      const passage = passageOf(request, sessions)
      if (passage !== undefined) mount(event.context, sessions, passage)
      event.context.session = session
      // Here, and not by h3 further out, so that it is there when the session is saved. h3 calls the hook itself.
      const config = { ...event.app?.config, onResponse() {} }
      return toResponse(Promise.resolve().then(next), event, config)
    },
  )
  return (event, next) => {
    // Of who asks: not by what runs in the course of what, since a queue runs one visitor's work in the course of another's.
    const asker = passageOf(event.context, sessions)
    if (asker === undefined) return answer(event.req, undefined, event, next)
    event.context.session = asker.session
    return next()
  }
}
