import { isErrorOf } from '../core/is-error.ts'
import { applyEffects, type ResponseEffects } from '../core/response-effects.ts'
import { headBelow, writeInHead } from './head-effects.ts'
import { showWhenAsked } from './headers-when-asked.ts'
import { WebResponseHeaders } from './web-response-headers.ts'

// Of others, such as an upgrade to a WebSocket (101), the platform makes no copy.
const LOWEST_STATUS_OF_A_COPY = 200

/**
 * Writes a session's effects into a web `Response`, or into a copy: always when they set a cookie, for a handler may give
 * one response to many, and the next visitor would get this one's ticket; else when its headers cannot be changed.
 *
 * They go into the head that Node sends instead, where there is one: a copy's body is a stream, which takes
 * @hono/node-server 100 us and more to send (Node 24). What caches are told stands in the response all the same, for those
 * in the app.
 * @param env - What the runtime gave beside the request.
 */
export function withEffects(
  response: Response,
  effects: ResponseEffects,
  env: unknown,
  request: Request,
): Response {
  if (!isResponse(response)) return response
  const head = headBelow(env, request)
  if (head === null) return withOwnEffects(response, effects)
  // The handler has begun to answer by hand, and given a response that tells the server so: a copy of it would be sent.
  if (head.headersSent) return response
  writeInHead(head, effects)
  const forCaches = effects.setCookie === null ? effects : { ...effects, setCookie: null }
  return showWhenAsked(response, forCaches) ? response : withOwnEffects(response, forCaches)
}

function withOwnEffects(response: Response, effects: ResponseEffects): Response {
  if (effects.setCookie !== null && response.status >= LOWEST_STATUS_OF_A_COPY)
    return copyWith(response, effects)
  try {
    applyEffects(effects, new WebResponseHeaders(response.headers))
    return response
  } catch (error) {
    // Those of Response.redirect() and of fetched responses cannot.
    if (!isErrorOf('TypeError', error)) throw error
    return response.status < LOWEST_STATUS_OF_A_COPY ? response : copyWith(response, effects)
  }
}

function copyWith(response: Response, effects: ResponseEffects): Response {
  const copy = new Response(response.body, response)
  // What a framework has put on it, as h3 does the hooks of a WebSocket. Not what is a response's own, which Node 22 keeps under symbols.
  for (const [name, value] of Object.entries(response)) if (!(name in copy)) Reflect.set(copy, name, value)
  applyEffects(effects, new WebResponseHeaders(copy.headers))
  return copy
}

/** Lets go of a response that will not be sent, and of what its body would have been read from. */
export function discard(response: Response): void {
  if (!isResponse(response)) return
  response.body?.cancel().catch(() => {
    // Somebody else is reading it: then it is theirs to close.
  })
}

/** Tells a response from the nothing that a handler gives on Bun when it has upgraded the request: no head will leave. */
function isResponse(answer: unknown): answer is Response {
  return typeof answer === 'object' && answer !== null
}
