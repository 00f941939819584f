import { applyEffects, type ResponseEffects } from '../core/response-effects.ts'
import { WebResponseHeaders } from './web-response-headers.ts'

const UNTOLD: unique symbol = Symbol('coatcheck.untoldEffects')

type Telling = Response & { [UNTOLD]?: ResponseEffects }

/**
 * Has a response show effects in its headers as soon as somebody asks for those.
 *
 * For a response whose effects leave another way: mostly nobody asks, and @hono/node-server sends a response whose headers
 * nobody has looked at without making a `Headers` of them: 4 us of the 30 of a small request (Node 24).
 * @returns `false` when it cannot be done: nothing can be added to the response.
 */
export function showWhenAsked(response: Telling, effects: ResponseEffects): boolean {
  if (!Reflect.defineProperty(response, 'headers', HEADERS)) return false
  Reflect.defineProperty(response, 'clone', CLONE)
  response[UNTOLD] = effects
  return true
}

const HEADERS: PropertyDescriptor = {
  get(this: Telling) {
    return tell(this)
  },
  configurable: true,
}

// The copy is made of what lies inside the response, past its property.
const CLONE: PropertyDescriptor = {
  value(this: Telling) {
    const effects = this[UNTOLD]
    Reflect.deleteProperty(this, 'clone')
    try {
      const copy = this.clone()
      if (effects !== undefined) showWhenAsked(copy, effects)
      return copy
    } finally {
      Reflect.defineProperty(this, 'clone', CLONE)
    }
  },
  configurable: true,
}

/** Puts the effects into the response's headers, which makes it one like any other again; into a copy where those cannot be changed. */
function tell(response: Telling): Headers {
  const effects = response[UNTOLD]
  Reflect.deleteProperty(response, 'headers')
  const { headers } = response
  if (effects === undefined) return headers
  try {
    applyEffects(effects, new WebResponseHeaders(headers))
    Reflect.deleteProperty(response, 'clone')
    Reflect.deleteProperty(response, UNTOLD)
    return headers
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
  // Those of Response.redirect() and of fetched responses cannot.
  const copy = new Headers(headers)
  applyEffects(effects, new WebResponseHeaders(copy))
  Reflect.defineProperty(response, 'headers', { value: copy, configurable: true })
  return copy
}
