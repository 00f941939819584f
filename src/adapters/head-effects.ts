import type { ResponseEffects } from '../core/response-effects.ts'
import type { AnswerState } from '../core/session-follower.ts'
import { departingHead } from './departing-head.ts'
import type { NodeHeaderHolder } from './node-headers.ts'
import { answerStateOf, type NodeResponse } from './node-response.ts'

const EFFECTS: unique symbol = Symbol('coatcheck.headEffects')
const ANSWERED: unique symbol = Symbol('coatcheck.answeredRequest')

/** A Node response, and what is to be written into its head when that leaves. */
export interface HeadHolder
  extends NodeHeaderHolder,
    Pick<NodeResponse, 'headersSent' | 'destroyed' | 'stream'> {
  writeHead(...args: unknown[]): unknown
  [EFFECTS]?: ResponseEffects[]
  /** The request it answers, once that is known. */
  [ANSWERED]?: Request
}

/**
 * Notes which request a Node response answers: the server's own; where middleware has put another in its place, the first whose
 * session is looked for that has its method, address and cookies. An app may ask itself for pages meanwhile, and hand on
 * what the runtime gave: those have responses of their own.
 */
export function claimHead(env: unknown, request: Request): void {
  if (typeof env !== 'object' || env === null || !('incoming' in env) || !('outgoing' in env)) return
  const { incoming, outgoing } = env
  if (!isClaimable(outgoing)) return
  if (isTheServersOwn(request) || (outgoing[ANSWERED] === undefined && isLike(request, incoming)))
    outgoing[ANSWERED] = request
}

/**
 * Finds the Node response that answers a request, in what @hono/node-server gives beside it; `null` on other runtimes, and where
 * there is no server. Its head may have left.
 */
export function headBelow(env: unknown, request: Request): HeadHolder | null {
  if (typeof env !== 'object' || env === null || !('outgoing' in env)) return null
  const { outgoing } = env
  return isHeadHolder(outgoing) && outgoing[ANSWERED] === request ? outgoing : null
}

/** Tells how far the answer to a request has come; `open` where no Node response is known that answers it. */
export function answerStateBelow(env: unknown, request: Request): AnswerState {
  claimHead(env, request)
  const head = headBelow(env, request)
  return head === null ? 'open' : answerStateOf(head)
}

/** Writes effects into a head when it leaves, whatever web `Response` it is made of by then. */
export function writeInHead(response: HeadHolder, effects: ResponseEffects): void {
  const known = response[EFFECTS]
  if (known !== undefined) {
    known.push(effects)
    return
  }
  const all = [effects]
  const { writeHead } = response
  response[EFFECTS] = all
  response.writeHead = (...args) => {
    const written = Reflect.apply(writeHead, response, departingHead(response, args, all))
    // Not before: in the place of a head that Node refuses, the server writes that of an error.
    response.writeHead = writeHead
    return written
  }
}

const NONE: readonly ResponseEffects[] = []

/** Gives what is to be written into a head: in what is sent in its place, it would be missing. */
export function effectsInHead(response: object): readonly ResponseEffects[] {
  const holder: Pick<HeadHolder, typeof EFFECTS> = response
  return holder[EFFECTS] ?? NONE
}

const METHODS = ['writeHead', 'getHeader', 'setHeader', 'appendHeader', 'removeHeader', 'getHeaderNames']

/**
 * Tells the request that @hono/node-server has made itself, which is of no class, from all that an app makes. To compare what they
 * ask for would cost every request its `Headers`.
 */
function isTheServersOwn(request: Request): boolean {
  const prototype = Reflect.getPrototypeOf(request)
  return prototype !== null && !Object.hasOwn(prototype, 'constructor')
}

function isLike(request: Request, incoming: unknown): boolean {
  if (!isArrived(incoming) || request.method !== incoming.method) return false
  const { url } = request
  const path = url.indexOf('/', url.indexOf('//') + 2)
  return (
    url.slice(path) === incoming.url && request.headers.get('cookie') === (incoming.headers.cookie ?? null)
  )
}

/** What of a Node request tells whether another asks for the same. */
interface Arrived {
  method: unknown
  url: unknown
  headers: { cookie?: unknown }
}

function isArrived(incoming: unknown): incoming is Arrived {
  if (typeof incoming !== 'object' || incoming === null) return false
  if (!('method' in incoming && 'url' in incoming && 'headers' in incoming)) return false
  return typeof incoming.headers === 'object' && incoming.headers !== null
}

function isClaimable(outgoing: unknown): outgoing is Pick<HeadHolder, typeof ANSWERED> {
  return typeof outgoing === 'object' && outgoing !== null
}

/** The prototypes of responses that were found to have it all: to look for each method takes 1 us of every response (Node 24). */
const HOLDERS = new WeakSet<object>()

/** Tells it from a binding of Workers, which has whatever it is asked for. */
function isHeadHolder(value: unknown): value is HeadHolder {
  if (typeof value !== 'object' || value === null || !('headersSent' in value)) return false
  if (typeof value.headersSent !== 'boolean') return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // A plain object's methods are its own, and say nothing of the next one.
  if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype)
    return hasMethods(value)
  if (HOLDERS.has(prototype)) return true
  if (!hasMethods(value)) return false
  HOLDERS.add(prototype)
  return true
}

function hasMethods(value: object): boolean {
  return METHODS.every((method) => typeof Reflect.get(value, method) === 'function')
}
