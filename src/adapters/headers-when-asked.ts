import { isErrorOf } from '../core/is-error.ts'
import { applyEffects, type ResponseEffects } from '../core/response-effects.ts'
import { WebResponseHeaders } from './web-response-headers.ts'

const UNTOLD: unique symbol = Symbol('coatcheck.untoldEffects')

type Telling = Response & { [UNTOLD]?: ResponseEffects }

/**
 * Has a response show effects in its headers as soon as somebody asks for those, or for what a copy is made of.
 *
 * For a response whose effects leave another way: mostly nobody asks, and @hono/node-server sends a response whose headers
 * nobody has looked at without making a `Headers` of them: 4 us of the 30 of a small request (Node 24).
 * @returns `false` when it cannot be done: the response is frozen.
 */
export function showWhenAsked(response: Telling, effects: ResponseEffects): boolean {
  // Frozen since it was told the first time, perhaps.
  if (response[UNTOLD] !== undefined) return Reflect.set(response, UNTOLD, effects)
  const own: Response = Object.getPrototypeOf(response)
  // One step for all that is asked: to define three properties on each response takes twice as long (Node 24).
  if (!Reflect.setPrototypeOf(response, tellingPrototypeOf(own))) return false
  // By Reflect.set it would take 0.5 us longer on a server (Node 24).
  response[UNTOLD] = effects
  return true
}

/** What stands before a class's own prototype while a response has something to tell, by that prototype. */
const TELLING = new WeakMap<object, object>()

function tellingPrototypeOf(own: Response): object {
  const known = TELLING.get(own)
  if (known !== undefined) return known
  const made = makeTellingPrototype(own)
  TELLING.set(own, made)
  return made
}

// What says nothing of the headers, and is asked of responses that nobody looks into: a log of each request asks the status.
const UNTELLING: ReadonlySet<PropertyKey> = new Set(['constructor', 'ok', 'status'])

/**
 * Has all that a response can be asked tell first.
 *
 * Not `headers` alone: the class of @hono/node-server makes the platform's response inside its own for the body, a clone and most else,
 * and copies the headers of that one then, past the property.
 */
function makeTellingPrototype(own: Response): object {
  const telling: object = Object.create(own)
  let level: object | null = own
  while (level !== null && level !== Object.prototype) {
    for (const key of Reflect.ownKeys(level)) {
      const property = Reflect.getOwnPropertyDescriptor(level, key)
      if (property === undefined || UNTELLING.has(key) || Object.hasOwn(telling, key)) continue
      Object.defineProperty(telling, key, tellingFirst(key, property, own))
    }
    level = Reflect.getPrototypeOf(level)
  }
  return telling
}

function tellingFirst(key: PropertyKey, property: PropertyDescriptor, own: Response): PropertyDescriptor {
  if (property.get !== undefined) {
    return {
      ...property,
      get(this: Telling) {
        return Reflect.get(tell(this, own, key), key, this)
      },
    }
  }
  if (typeof property.value !== 'function') return property
  return {
    ...property,
    value(this: Telling, ...args: unknown[]) {
      return Reflect.apply(Reflect.get(tell(this, own, key), key), this, args)
    },
  }
}

/**
 * Puts the effects into the response's headers, and makes it one like any other again.
 * @returns Where to look for what it was asked: in the response; in its class when it was frozen since, and stays as it is.
 */
function tell(response: Telling, own: Response, key: PropertyKey): Response {
  if (!Reflect.setPrototypeOf(response, own)) return own
  const effects = response[UNTOLD]
  if (effects === undefined) return response
  Reflect.deleteProperty(response, UNTOLD)
  // As it goes without us: asked for its headers before anything else, the class of @hono/node-server calls every body text.
  if (key !== 'headers') Reflect.get(response, 'bodyUsed')
  try {
    applyEffects(effects, new WebResponseHeaders(response.headers))
  } catch (error) {
    // Those of Response.redirect() and of fetched responses cannot be changed.
    if (!isErrorOf('TypeError', error)) throw error
    showCopy(response, effects)
  }
  return response
}

/** Shows changed headers in the place of those that cannot be, in the response and in its clones. */
function showCopy(response: Response, effects: ResponseEffects): void {
  const headers = new Headers(response.headers)
  applyEffects(effects, new WebResponseHeaders(headers))
  const { clone } = response
  Object.defineProperties(response, {
    headers: { value: headers, configurable: true },
    clone: {
      value: () => {
        const copy: Response = Reflect.apply(clone, response, [])
        showWhenAsked(copy, effects)
        return copy
      },
      configurable: true,
    },
  })
}
