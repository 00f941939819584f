import { applyEffects, type ResponseEffects } from '../core/response-effects.ts'
import { WebResponseHeaders } from './web-response-headers.ts'

// Of two copies of this module, the second finds that the class tells already, and does not change it again.
const UNTOLD: unique symbol = Symbol.for('coatcheck.untoldEffects')

type Telling = Response & { [UNTOLD]?: ResponseEffects }

/**
 * Has a response show effects in its headers as soon as somebody asks for those, or for what a copy is made of.
 *
 * For a response whose effects leave another way: mostly nobody asks, and @hono/node-server sends a response of its own class whose
 * headers nobody has looked at without making a `Headers` of them: 4 us of the 30 of a small request (Node 24).
 * @returns `false` when it cannot be done: the response is frozen, or has its `Headers` anyway, being the platform's own or looked
 * into before.
 */
export function showWhenAsked(response: Telling, effects: ResponseEffects): boolean {
  const telling = tellingClassOf(Object.getPrototypeOf(response))
  if (telling === null || telling.lookedInto in response) return false
  try {
    // By Reflect.set it would take 0.5 us longer on a server (Node 24).
    response[UNTOLD] = effects
    return true
  } catch {
    return false
  }
}

/** A class whose responses tell. */
interface TellingClass {
  /** What its responses have once the platform's was made inside them. Copies are made of that one, and ask nothing. */
  readonly lookedInto: PropertyKey
}

/** The classes met so far, by their prototypes; `null` where their responses do not tell. */
const TELLING = new WeakMap<object, TellingClass | null>()

function tellingClassOf(own: object): TellingClass | null {
  const known = TELLING.get(own)
  if (known !== undefined) return known
  const telling = makeTelling(own)
  TELLING.set(own, telling)
  return telling
}

function makeTelling(own: object): TellingClass | null {
  const standIn: object = Response.prototype
  if (own !== standIn)
    return Object.prototype.isPrototypeOf.call(standIn, own) ? tellingClassOf(standIn) : null
  // That which @hono/node-server puts in the place of the platform's has that one above it.
  const above = Reflect.getPrototypeOf(own)
  if (above === null || !('headers' in above)) return null
  try {
    const lookedInto = keyOfLookedInto()
    if (lookedInto === undefined) return null
    if (!tells()) haveTell(standIn)
    return tells() ? { lookedInto } : null
  } catch {
    // A class of somebody else's, which wants to be made another way.
    return null
  }
}

function keyOfLookedInto(): PropertyKey | undefined {
  const response = new Response('')
  const before = new Set(Reflect.ownKeys(response))
  Reflect.get(response, 'body')
  return Reflect.ownKeys(response).find((key) => !before.has(key))
}

// What says nothing of the headers, and is asked of responses that nobody looks into: a log of each request asks the status.
const UNTELLING: ReadonlySet<PropertyKey> = new Set(['constructor', 'ok', 'status'])

/**
 * Has a class tell first, whatever its responses are asked. Once a class, for all of its responses: to give each a prototype that
 * tells takes 1 us of its 25 (Node 24).
 */
function haveTell(standIn: object): void {
  for (const key of Reflect.ownKeys(standIn)) {
    const property = Reflect.getOwnPropertyDescriptor(standIn, key)
    // That of @hono/node-server does not let `body`, `clone` and the like be changed; they go by a method that can.
    if (property?.configurable !== true || UNTELLING.has(key)) continue
    Object.defineProperty(standIn, key, tellingFirst(key, property))
  }
}

function tellingFirst(key: PropertyKey, property: PropertyDescriptor): PropertyDescriptor {
  const { get, value } = property
  if (get !== undefined) {
    return {
      ...property,
      get(this: Telling) {
        if (this[UNTOLD] !== undefined) tell(this, this[UNTOLD], key)
        return Reflect.apply(get, this, [])
      },
    }
  }
  if (typeof value !== 'function') return property
  return {
    ...property,
    value(this: Telling, ...args: unknown[]) {
      if (this[UNTOLD] !== undefined) tell(this, this[UNTOLD], key)
      return Reflect.apply(value, this, args)
    },
  }
}

/** Puts the effects into the response's headers, and makes it one like any other again. */
function tell(response: Telling, effects: ResponseEffects, key: PropertyKey): void {
  // One that was frozen since stays as it is.
  if (!Reflect.deleteProperty(response, UNTOLD)) return
  // As it goes without us: asked for its headers before anything else, the class of @hono/node-server calls every body text.
  if (key !== 'headers') Reflect.get(response, 'bodyUsed')
  applyEffects(effects, new WebResponseHeaders(response.headers))
}

// The ways that a visitor's page gets into a cache: see docs/decisions/0019-a-cookie-goes-into-the-head.md.
const WAYS: readonly ((response: Response) => Headers)[] = [
  ({ headers }) => headers,
  (response) => response.clone().headers,
  (response) => new Response(response.body, response).headers,
  (response) => new Response('', response).headers,
]

const TRIED: ResponseEffects = { setCookie: null, cookie: { owns: () => false } }

/** Tries the class: how its responses answer is its own affair, and another version's may answer another way. */
function tells(): boolean {
  return WAYS.every((ask) => {
    const response: Telling = new Response('', { headers: new Headers() })
    response[UNTOLD] = TRIED
    return ask(response).has('vary')
  })
}
