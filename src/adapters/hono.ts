import type { Context, MiddlewareHandler } from 'hono'
import { isSessionError } from '../core/errors.ts'
import { applyEffects, type ResponseEffects } from '../core/response-effects.ts'
import type { DefaultData, Session } from '../core/session.ts'
import type { Sessions } from '../core/sessions.ts'
import { errorAnswer } from './error-response.ts'
import { WebResponseHeaders } from './web-headers.ts'

/** What the middleware adds to a Hono app: give it as `new Hono<SessionEnv<MyData>>()` to type `c.var.session`. */
export interface SessionEnv<Data extends object = DefaultData> {
  Variables: {
    /** The visitor's session. */
    session: Session<Data>
  }
}

/**
 * Gives every request of a Hono app its session as `c.var.session`.
 *
 * The session is saved when the handlers have made their response and before it goes out. When the store fails,
 * Hono's own error handling gets a `StoreError` with `status` 503.
 *
 * @param sessions - The manager, from `createSessions`.
 */
export function session<Data extends object = DefaultData>(
  sessions: Sessions<Data>,
): MiddlewareHandler<SessionEnv<Data>> {
  return async (c, next) => {
    try {
      const passage = await sessions.open(c.req.raw.headers.get('cookie'))
      c.set('session', passage.session)
      await next()
      const effects = await passage.commit()
      if (effects !== null) writeEffects(c, effects)
    } catch (error) {
      // Hono would copy the headers of the handler's response, its cookies and Location, onto the error.
      c.res = undefined
      throw honoursStatus(error)
    }
  }
}

function writeEffects(c: Context, effects: ResponseEffects): void {
  try {
    applyEffects(effects, new WebResponseHeaders(c.res.headers))
  } catch (error) {
    // The headers of Response.redirect() and of fetched responses cannot be changed: a copy's can.
    if (!(error instanceof TypeError)) throw error
    const copy = new Response(c.res.body, c.res)
    applyEffects(effects, new WebResponseHeaders(copy.headers))
    c.res = undefined
    c.res = copy
  }
}

/** Hono's default error handling asks an error for its response, and answers 500 when it has none. */
function honoursStatus(error: unknown): unknown {
  if (!isSessionError(error)) return error
  const { status, body } = errorAnswer(error)
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return Object.defineProperty(error, 'getResponse', { value: () => new Response(body, { status, headers }) })
}
