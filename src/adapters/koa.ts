import type { IncomingMessage, ServerResponse } from 'node:http'
import type {} from 'koa'
import { isPromise } from '../core/awaitable.ts'
import type { Passage } from '../core/passage.ts'
import { saveError } from '../core/save-error.ts'
import type { Session, SessionReplacement } from '../core/session.ts'
import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import { HeldResponse } from './held-response.ts'
import { keepTick } from './kept-tick.ts'
import { noteMounted, passageOf } from './mount.ts'
import { checkSessions } from './mount-arguments.ts'
import { type SessionHolder, ShownSession, show, showAgain } from './shown-session.ts'

// Inside the declaration below, another package's `Session` would be found first.
type VisitorSession = Session

declare module 'koa' {
  interface DefaultContext {
    /** The visitor's session. To type its data, extend `SessionData` of `coatcheck`. */
    get session(): VisitorSession
    set session(replacement: SessionReplacement)
  }
}

/** What the middleware adds to a context: `new Koa<DefaultState, SessionContext<MyData>>()` types `ctx.session`. */
export interface SessionContext<Data extends object = DefaultData> {
  /** The visitor's session. */
  get session(): Session<Data>
  set session(replacement: SessionReplacement<Data>)
}

/** What the middleware needs of a Koa context. */
export interface KoaContext {
  /** Node's request. */
  req: IncomingMessage
  /** Node's response; none on a socket. */
  res?: ServerResponse | undefined
  /** Answers with an error, and tells the application of it. */
  onerror(error: Error): void
}

/** Middleware for Koa. */
export type SessionMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>

const USAGE = 'app.use(session(createSessions({ … })))'

/**
 * Gives every request of a Koa app its session as `ctx.session`.
 *
 * The session is saved before the first byte of the response's headers leaves, whichever way the response is made,
 * errors included. When the session could not be loaded, the middleware throws a `StoreError` with `status` 503. When
 * it could not be saved, the middleware has been passed: Koa's own error handling (`ctx.onerror`, which emits the
 * app's `error` event) answers. Mounted twice with the same manager, it is one session; with another,
 * `ctx.session` is that one's further down, and both are saved.
 *
 * `ctx.session = null` does what `ctx.session.clear()` does, when the session is saved. On a socket (koa-websocket) what
 * uses the session saves it, and it can get no new id.
 *
 * @param sessions - The manager, from `createSessions`.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` `sessions` is not what `createSessions` gives.
 */
export function session<Data extends object = DefaultData>(sessions: Sessions<Data>): SessionMiddleware {
  checkSessions(sessions, USAGE)
  keepTick()
  // Not async: that puts three turns through the microtasks between what is further down and Koa.
  return (context: KoaContext & SessionHolder, next) => {
    // Or mounted outside of Koa, where the app is part of another one, as of Express.
    const known = passageOf(context, sessions) ?? passageOf(context.req, sessions)
    if (known !== undefined) return enter(context, sessions, known, next)
    const begin = (passage: Passage<Data>): Promise<unknown> => {
      noteMounted(context.req, sessions, passage)
      const shown = new ShownSession(context, passage)
      const { res } = context
      // What stands for a context on a socket (koa-websocket) has no response: what uses the session there saves it.
      if (res === undefined) passage.whenUsed(() => false)
      else HeldResponse.hold(res, shown, (error) => context.onerror(withHeaders(saveError(error), res)))
      return enter(context, sessions, passage, next)
    }
    // What it throws at once, Koa takes as a rejection.
    const opened = sessions.open(context.req)
    return isPromise(opened) ? Promise.resolve(opened).then(begin) : begin(opened)
  }
}

/** Errors that have the headers of a response by us: one and the same may be that of several requests. */
const WITH_HEADERS = new WeakSet<Error>()

/** Gives an error what the response says beside its outcome, such as CORS: Koa answers with the headers of an error alone. */
function withHeaders(error: Error, response: ServerResponse): Error {
  if (!('headers' in error) || WITH_HEADERS.has(error)) {
    const value = response.getHeaders()
    if (Reflect.defineProperty(error, 'headers', { value, configurable: true })) WITH_HEADERS.add(error)
  }
  return error
}

const OWN_PROPERTY: PropertyDescriptor = {
  value: undefined,
  writable: true,
  configurable: true,
  enumerable: true,
}

function enter<Data extends object>(
  context: KoaContext & SessionHolder,
  sessions: Sessions<Data>,
  passage: Passage<Data>,
  next: () => Promise<unknown>,
): Promise<unknown> {
  // Of another middleware of the app, such as koa-session on other routes: by its setter it would take ours over.
  if ('session' in context && !Object.hasOwn(context, 'session'))
    Object.defineProperty(context, 'session', OWN_PROPERTY)
  const { outer } = show(context, sessions, passage)
  const handled = next()
  // Further up, the session is again the one that was mounted there.
  return outer === undefined ? handled : handled.finally(() => showAgain(context, outer))
}
