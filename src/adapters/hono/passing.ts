import type { Context } from 'hono'
import { type Awaitable, isPromise } from '../../core/awaitable.ts'
import { isSessionError } from '../../core/errors.ts'
import { withoutOutcome } from '../../core/outcome-headers.ts'
import type { Passage } from '../../core/passage.ts'
import type { CookieCarrier } from '../../core/request-cookie.ts'
import { applyEffects, type ResponseEffects } from '../../core/response-effects.ts'
import type { AnswerState, SessionFollower } from '../../core/session-follower.ts'
import type { Sessions } from '../../core/sessions.ts'
import { errorResponse } from '../error-response.ts'
import { answerStateBelow, claimHead } from '../head-effects.ts'
import { type Mount, mount, passageOf } from '../mount.ts'
import { canWait } from '../runtime-below.ts'
import { savedEffects } from '../saved-effects.ts'
import { discard, withEffects } from '../web-headers.ts'
import { WebResponseHeaders } from '../web-response-headers.ts'

/**
 * Finds the passage that a manager already has on a request: mounted further up, on fetch around the app, or at the Node
 * server below it.
 */
export function knownPassage<Data extends object>(
  c: Context,
  sessions: Sessions<Data>,
): Passage<Data> | undefined {
  const known = passageOf(c, sessions) ?? passageOf(c.req.raw, sessions)
  if (known !== undefined) return known
  const incoming = incomingOf(c)
  return incoming === undefined ? undefined : passageOf(incoming, sessions)
}

/** Gives the Node request below a context; `undefined` on other runtimes, and where the app is called without a server. */
function incomingOf(c: Context): object | undefined {
  const env: unknown = c.env
  if (typeof env !== 'object' || env === null || !('incoming' in env)) return undefined
  return typeof env.incoming === 'object' && env.incoming !== null ? env.incoming : undefined
}

/** Opens the session of a request. What it throws, Hono's error handling can answer. */
export function openPassage<Data extends object>(
  sessions: Sessions<Data>,
  request: CookieCarrier,
): Awaitable<Passage<Data>> {
  try {
    const opened = sessions.open(request)
    return isPromise(opened) ? opened.then(undefined, fail) : opened
  } catch (error) {
    return fail(error)
  }
}

/** Makes a manager's passage the current one of a request, and its session `c.var.session`. */
export function enterPassage<Data extends object>(
  c: Context,
  sessions: Sessions<Data>,
  passage: Passage<Data>,
): Mount<Data> {
  const mounted = mount(c, sessions, passage)
  claimHead(c.env, c.req.raw)
  showSession(c, passage)
  return mounted
}

/** Makes a passage's session `c.var.session`, and keeps it so when it becomes another object. */
export function showSession(c: Context, passage: Passage<object>): void {
  c.set('session', passage.session)
  passage.follow(new ContextSession(c))
}

/** Writes a session's effects into the context's response, or into the head it leaves with. */
export function writeEffects(effects: ResponseEffects | null, c: Context): void {
  if (effects === null) return
  const response = withEffects(c.res, effects, c.env, c.req.raw)
  if (response === c.res) return
  if (c.finalized) replaceResponse(c, response)
  // Nobody has answered, and to put a response there would hide that. What Hono has made ready is this visitor's alone.
  else applyEffects(effects, new WebResponseHeaders(c.res.headers))
}

/** Writes the effects of a session that was not entered: the head is its own from here on. */
export function writeOwnEffects(effects: ResponseEffects | null, c: Context): void {
  if (effects !== null) claimHead(c.env, c.req.raw)
  writeEffects(effects, c)
}

/** Drops the context's response, for its session was not saved, and throws the error so that Hono's handling answers. */
export function dropResponse(error: unknown, passage: Passage<object>, c: Context): never {
  const { headers } = c.res
  discard(c.res)
  // Hono takes the headers of the response it has, or was told to prepare, over into the error's.
  replaceResponse(c, new Response(null, { headers: withoutOutcome(headers) }))
  for (const effects of savedEffects(c)) writeEffects(effects, c)
  writeEffects(passage.giveUp(), c)
  return fail(error)
}

/** Keeps the context's variable the session of a passage and its runtime awake for late saves, and knows the server below. */
export class ContextSession implements SessionFollower {
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  sessionReplaced(before: object, session: object): void {
    if (this.#context.get('session') === before) this.#context.set('session', session)
  }

  answerState(): AnswerState {
    return answerStateBelow(this.#context.env, this.#context.req.raw)
  }

  keepAwake(saving: Promise<void>): void {
    const { context }: { context?: unknown } = Object(this.#context.env)
    // By `hono/netlify`.
    if (canWait(context)) context.waitUntil(saving)
    // Asked for now: where there is none, it throws.
    else this.#context.executionCtx.waitUntil(saving)
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
