import type { Context, MiddlewareHandler } from 'hono'
import { type Awaitable, isPromise } from '../core/awaitable.ts'
import type { Passage } from '../core/passage.ts'
import type { ResponseEffects } from '../core/response-effects.ts'
import type { Session } from '../core/session.ts'
import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import {
  dropResponse,
  enterPassage,
  knownPassage,
  openPassage,
  showSession,
  writeEffects,
} from './hono/passing.ts'
import { keepTick } from './kept-tick.ts'
import { currentPassage, type Mount, mountAgain } from './mount.ts'
import { checkSessions } from './mount-arguments.ts'
import { noteSaved } from './saved-effects.ts'

/** What the middleware adds to a Hono app: give it as `new Hono<SessionEnv<MyData>>()` to type `c.var.session`. */
export interface SessionEnv<Data extends object = DefaultData> {
  /** What the middleware puts into the context. */
  Variables: {
    /** The visitor's session. */
    session: Session<Data>
  }
}

const USAGE = 'app.use(session(createSessions({ … })))'

/**
 * Gives every request of a Hono app its session as `c.var.session`.
 *
 * The session is saved when the handlers have made their response and before it goes out. What a streamed body
 * changes later is saved by itself, at the end of the turn it was changed in; a Worker is kept awake for that by
 * `c.executionCtx`. When the session could not be loaded or saved, Hono's own error handling gets a `StoreError` with
 * `status` 503. Mounted twice with the same manager, it is one session, and so it is when `coatcheck/node` has mounted
 * it at the app's Node server, or `coatcheck/fetch` around the app; with another, `c.var.session` is that one's further
 * down, and both are saved. What `app.mount()` calls has a request of its own: there, the same manager would open a
 * second session.
 *
 * @param sessions - The manager, from `createSessions`.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` `sessions` is not what `createSessions` gives.
 */
export function session<Data extends object = DefaultData>(
  sessions: Sessions<Data>,
): MiddlewareHandler<SessionEnv<Data>> {
  checkSessions(sessions, USAGE)
  keepTick()
  return async (c, next) => {
    const known = knownPassage(c, sessions)
    const opened = known ?? openPassage(sessions, c.req.raw)
    const passage = isPromise(opened) ? await opened : opened
    const mounted = enterPassage(c, sessions, passage)
    await next()
    if (mounted.outer !== undefined) {
      // Further up, the session is again the one that was mounted there.
      mountAgain(c, mounted.outer)
      showSession(c, mounted.outer.passage)
    }
    if (known !== undefined) return
    const committing = commit(passage, mounted, c)
    // Each wait is a turn through the microtasks; a store in memory needs none.
    if (isPromise(committing)) await committing
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
  return knownPassage(c, sessions)?.session
}

function commit(passage: Passage<object>, mounted: Mount<object>, c: Context): Awaitable<void> {
  try {
    const committed = passage.commit(c.finalized ? c.res.status : undefined)
    if (!isPromise(committed)) return leave(committed, mounted, c)
    return committed
      .then((effects) => leave(effects, mounted, c))
      .then(undefined, (error) => dropResponse(error, passage, c))
  } catch (error) {
    return dropResponse(error, passage, c)
  }
}

function leave(effects: ResponseEffects | null, { outer }: Mount<object>, c: Context): void {
  if (effects === null) return
  if (outer !== undefined) noteSaved(c, effects)
  const { raw } = c.req
  // For that of a manager around the app, on fetch, whose error would miss nothing but a cookie.
  if (effects.setCookie !== null && currentPassage(raw) !== undefined) noteSaved(raw, effects)
  writeEffects(effects, c)
}
