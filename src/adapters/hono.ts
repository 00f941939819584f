import type { Context, MiddlewareHandler } from 'hono'
import { type Awaitable, isPromise } from '../core/awaitable.ts'
import { isSessionError } from '../core/errors.ts'
import { withoutOutcome } from '../core/outcome-headers.ts'
import type { Passage, SessionFollower } from '../core/passage.ts'
import type { ResponseEffects } from '../core/response-effects.ts'
import type { DefaultData, Session } from '../core/session.ts'
import type { Sessions } from '../core/sessions.ts'
import { errorResponse } from './error-response.ts'
import { mount, passageOf, unmount } from './mount.ts'
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
    const mounted = mount(c, sessions, passage)
    ContextSession.show(c, passage)
    await next()
    if (mounted.outer !== undefined) {
      // Further up, the session is again the one that was mounted there.
      unmount(c, mounted)
      ContextSession.show(c, mounted.outer.passage)
    }
    if (known !== undefined) return
    const committing = commit(passage, c)
    // Each wait is a turn through the microtasks; a store in memory needs none.
    if (isPromise(committing)) await committing
  }
}

/** Keeps the context's variable the session of a passage. */
class ContextSession implements SessionFollower {
  readonly #context: Context

  private constructor(context: Context) {
    this.#context = context
  }

  static show(context: Context, passage: Passage<object>): void {
    context.set('session', passage.session)
    passage.follow(new ContextSession(context))
  }

  sessionReplaced(before: object, session: object): void {
    if (this.#context.get('session') === before) this.#context.set('session', session)
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
    const opened = sessions.open(c.req.raw)
    return isPromise(opened) ? opened.then(undefined, fail) : opened
  } catch (error) {
    return fail(error)
  }
}

function commit(passage: Passage<object>, c: Context): Awaitable<void> {
  try {
    const committed = passage.commit()
    if (!isPromise(committed)) return write(committed, c)
    return committed.then((effects) => write(effects, c)).then(undefined, (error) => dropResponse(error, c))
  } catch (error) {
    return dropResponse(error, c)
  }
}

function write(effects: ResponseEffects | null, c: Context): void {
  if (effects === null) return
  const response = withEffects(c.res, effects)
  if (response !== c.res) replaceResponse(c, response)
}

function dropResponse(error: unknown, c: Context): never {
  const { headers } = c.res
  discard(c.res)
  // Hono takes the headers of the response it has, or was told to prepare, over into the error's.
  replaceResponse(c, new Response(null, { headers: withoutOutcome(headers) }))
  return fail(error)
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
