import { applyEffects, type ResponseEffects, type ResponseHeaders } from '../core/response-effects.ts'
import { headBelow, writeInHead } from './head-effects.ts'

/** Shows the engine the headers of a web `Response`. */
class WebResponseHeaders implements ResponseHeaders {
  readonly #headers: Headers

  /** @param headers - The headers of a response that has not been given away. */
  constructor(headers: Headers) {
    this.#headers = headers
  }

  get(name: string): string | readonly string[] | undefined {
    // Joined by get(), several Set-Cookie lines could not be told apart again.
    if (name === 'set-cookie') return this.#headers.getSetCookie()
    return this.#headers.get(name) ?? undefined
  }

  set(name: string, value: string | readonly string[]): void {
    if (typeof value === 'string') {
      this.#headers.set(name, value)
      return
    }
    this.#headers.delete(name)
    for (const line of value) this.#headers.append(name, line)
  }

  remove(name: string): void {
    this.#headers.delete(name)
  }
}

// Of others, such as an upgrade to a WebSocket (101), the platform makes no copy.
const LOWEST_STATUS_OF_A_COPY = 200

/**
 * Writes a session's effects into a web `Response`, or into a copy: always when they set a cookie, for a handler may give
 * one response to many, and the next visitor would get this one's ticket; else when its headers cannot be changed.
 *
 * A cookie goes into the head that Node sends instead, where there is one: a copy's body is a stream, which takes
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
  const head = effects.setCookie === null ? null : headBelow(env, request)
  if (head === null) return withOwnEffects(response, effects)
  writeInHead(head, effects)
  return withOwnEffects(response, { ...effects, setCookie: null })
}

function withOwnEffects(response: Response, effects: ResponseEffects): Response {
  if (effects.setCookie !== null && response.status >= LOWEST_STATUS_OF_A_COPY)
    return copyWith(response, effects)
  try {
    applyEffects(effects, new WebResponseHeaders(response.headers))
    return response
  } catch (error) {
    // Those of Response.redirect() and of fetched responses cannot.
    if (!(error instanceof TypeError)) throw error
    return response.status < LOWEST_STATUS_OF_A_COPY ? response : copyWith(response, effects)
  }
}

function copyWith(response: Response, effects: ResponseEffects): Response {
  const copy = new Response(response.body, response)
  applyEffects(effects, new WebResponseHeaders(copy.headers))
  return copy
}

/** Lets go of a response that will not be sent, and of what its body would have been read from. */
export function discard(response: Response): void {
  response.body?.cancel().catch(() => {
    // Somebody else is reading it: then it is theirs to close.
  })
}
