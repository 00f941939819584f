import type { Context, MiddlewareHandler } from 'hono'
import { type Awaitable, isPromise } from '../core/awaitable.ts'
import { isSessionError } from '../core/errors.ts'
import type { Passage } from '../core/passage.ts'
import type { DefaultData, Session } from '../core/session.ts'
import type { Sessions } from '../core/sessions.ts'
import { errorResponse } from './error-response.ts'
import { mount, passageOf, unmount } from './mount.ts'
import { withoutOutcome } from './outcome-headers.ts'
import { discard, withEffects } from './web-headers.ts'

/** What the middleware adds to a Hono app: give it as `new Hono<SessionEnv<MyData>>()` to type `c.var.session`. */
export interface SessionEnv<Data extends object = DefaultData> {
  /** What the middleware puts into the context. */
  Variables: {
    /** The visitor's session. */
    session: Session<Data>
  }
}

/**
 * Gives every request of a Hono app its session as `c.var.session`.
 *
 * The session is saved when the handlers have made their response and before it goes out. What a streamed body
 * changes later is saved by itself, at the end of the turn it was changed in. When the session could not be loaded
 * or saved, Hono's own error handling gets a `StoreError` with `status` 503. Mounted twice with the same manager, it
 * is one session; with another, `c.var.session` is that one's further down, and both are saved.
 *
 * @param sessions - The manager, from `createSessions`.
 */
export function session<Data extends object = DefaultData>(
  sessions: Sessions<Data>,
): MiddlewareHandler<SessionEnv<Data>> {
  return async (c, next) => {
    const known = passageOf(c, sessions)
    const opened = known ?? open(sessions, c)
    const passage = isPromise(opened) ? await opened : opened
    const before = c.get('session')
    const mounted = mount(c, sessions, passage)
    c.set('session', passage.session)
    await next()
    if (mounted.outer !== undefined) {
      // Further up, the session is again the one that was mounted there.
      unmount(c, mounted)
      c.set('session', before)
    }
    if (known === undefined) await commit(passage, c)
  }
}

/**
 * Gives the session that a manager has on a request: what `c.var.session` is, also after `regenerate(callback)` has
 * put another object in its place. `undefined` where it could not be loaded, or is not mounted.
 */
export function sessionOf<Data extends object>(
  c: Context,
  sessions: Sessions<Data>,
): Session<Data> | undefined {
  return passageOf(c, sessions)?.session
}

function open<Data extends object>(sessions: Sessions<Data>, c: Context): Awaitable<Passage<Data>> {
  try {
    const opened = sessions.open(c.req.raw.headers.get('cookie'))
    return isPromise(opened) ? opened.then(undefined, fail) : opened
  } catch (error) {
    return fail(error)
  }
}

async function commit(passage: Passage<object>, c: Context): Promise<void> {
  try {
    const committed = passage.commit()
    const effects = isPromise(committed) ? await committed : committed
    if (effects === null) return
    const response = withEffects(c.res, effects)
    if (response !== c.res) replaceResponse(c, response)
  } catch (error) {
    const { headers } = c.res
    discard(c.res)
    // Hono takes the headers of the response it has, or was told to prepare, over into the error's.
    replaceResponse(c, new Response(null, { headers: withoutOutcome(headers) }))
    fail(error)
  }
}

function replaceResponse(c: Context, response: Response): void {
  // It would copy the headers of the old one onto the new one.
  c.res = undefined
  c.res = response
}

/** Throws an error so that Hono's default error handling, which asks it for its response, answers with its status. */
function fail(error: unknown): never {
  if (!isSessionError(error)) throw error
  const getResponse = { value: () => errorResponse(error), configurable: true }
  throw Object.defineProperty(error, 'getResponse', getResponse)
}
