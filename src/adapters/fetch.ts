import { type Awaitable, isPromise } from '../core/awaitable.ts'
import { isSessionError } from '../core/errors.ts'
import type { Passage } from '../core/passage.ts'
import type { ResponseEffects } from '../core/response-effects.ts'
import type { Session } from '../core/session.ts'
import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import { errorResponse } from './error-response.ts'
import { claimHead } from './head-effects.ts'
import { keepTick } from './kept-tick.ts'
import { type Mount, mount, passageOf, takeOff } from './mount.ts'
import { checkHandler, checkSessions } from './mount-arguments.ts'
import { RuntimeBelow } from './runtime-below.ts'
import { noteSaved, savedEffects } from './saved-effects.ts'
import { discard, withEffects } from './web-headers.ts'

/** What a handler is given beside the request. */
export interface SessionContext<Data extends object = DefaultData> {
  /** The visitor's session. */
  readonly session: Session<Data>
}

/**
 * Answers a request that has a session. What it throws is passed on to the runtime, and nothing is saved then: a
 * cookie could not be set on the response the runtime makes.
 */
export type SessionHandler<
  Data extends object,
  Rest extends unknown[],
  Incoming extends Request = Request,
> = (request: Incoming, context: SessionContext<Data>, ...rest: Rest) => Awaitable<Response>

const USAGE = 'session(createSessions({ … }), (request, { session }) => new Response(…))'

/**
 * Gives a web-standard handler the session of each request: for `Bun.serve`, `Deno.serve`, Workers, and every
 * framework that takes a function from `Request` to `Response`.
 *
 * The session is saved when the handler has made its response, and before anybody gets it. What a streamed body
 * changes later is saved by itself, at the end of the turn it was changed in; a Worker is kept awake for that by the
 * `waitUntil` of its third argument. When the session cannot be loaded or saved, the response is a 503 in JSON; a
 * handler whose session could not be loaded is not called. The same goes for a `StoreError` that the handler itself
 * meets and throws.
 *
 * @param sessions - The manager, from `createSessions`.
 * @param handler - Your handler. It also gets what the runtime gives beside the request, which may be of a framework's
 * own type.
 * @returns A handler that takes what the runtime gives.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` `sessions` is not what `createSessions` gives, or the handler no function.
 */
export function session<
  Data extends object = DefaultData,
  Rest extends unknown[] = [],
  Incoming extends Request = Request,
>(
  sessions: Sessions<Data>,
  handler: SessionHandler<Data, Rest, Incoming>,
): (request: Incoming, ...rest: Rest) => Promise<Response> {
  checkSessions(sessions, USAGE)
  checkHandler(handler, USAGE)
  keepTick()
  return async (request, ...rest) => {
    const known = passageOf(request, sessions)
    if (known !== undefined) return handler(request, contextOf(known), ...rest)
    let passage: Passage<Data> | null = null
    try {
      const opened = sessions.open(request)
      passage = isPromise(opened) ? await opened : opened
      RuntimeBelow.follow(passage, request, rest[0], rest[1])
      // One that is frozen is taken too: there, each handler has a session of its own.
      const mounted = Object.isExtensible(request) ? mount(request, sessions, passage) : null
      claimHead(rest[0], request)
      let response: Response
      try {
        response = await handler(request, contextOf(passage), ...rest)
      } finally {
        // Another handler may be asked when this one finds nothing: it has a session and a response of its own.
        if (mounted !== null) takeOff(request, mounted)
      }
      return await commit(passage, mounted, response, rest[0], request)
    } catch (error) {
      if (!isSessionError(error)) throw error
      let answer = errorResponse(error)
      for (const effects of savedEffects(request)) answer = withEffects(answer, effects, rest[0], request)
      return withEffectsOf(passage?.giveUp() ?? null, answer, rest[0], request)
    }
  }
}

function contextOf<Data extends object>(passage: Passage<Data>): SessionContext<Data> {
  return {
    // Asked for each time: regenerate(callback) puts another object in its place.
    get session() {
      return passage.session
    },
  }
}

async function commit(
  passage: Passage<object>,
  mounted: Mount<object> | null,
  response: Response,
  env: unknown,
  request: Request,
): Promise<Response> {
  try {
    const committed = passage.commit(response?.status)
    const effects = isPromise(committed) ? await committed : committed
    if (mounted?.outer !== undefined && effects !== null) noteSaved(request, effects)
    return withEffectsOf(effects, response, env, request)
  } catch (error) {
    discard(response)
    throw error
  }
}

function withEffectsOf(
  effects: ResponseEffects | null,
  response: Response,
  env: unknown,
  request: Request,
): Response {
  return effects === null ? response : withEffects(response, effects, env, request)
}
