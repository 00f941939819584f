import type { ResponseEffects } from '../core/response-effects.ts'
import { departingHead } from './departing-head.ts'
import type { NodeHeaderHolder } from './node-headers.ts'

const EFFECTS: unique symbol = Symbol('coatcheck.headEffects')

/** A Node response whose head has not left, and what is to be written into it when it does. */
export interface HeadHolder extends NodeHeaderHolder {
  readonly headersSent: boolean
  writeHead(...args: unknown[]): unknown
  [EFFECTS]?: ResponseEffects[]
}

/**
 * Finds the Node response below a web one, in what @hono/node-server gives beside the request; `null` on other runtimes,
 * where there is no server, and when its head has left.
 */
export function headBelow(env: unknown): HeadHolder | null {
  if (typeof env !== 'object' || env === null || !('outgoing' in env)) return null
  // Told apart from a binding of Workers, which has whatever it is asked for.
  return isHeadHolder(env.outgoing) && env.outgoing.headersSent === false ? env.outgoing : null
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
    response.writeHead = writeHead
    return Reflect.apply(writeHead, response, departingHead(response, args, all))
  }
}

const METHODS = ['writeHead', 'getHeader', 'setHeader', 'appendHeader', 'removeHeader', 'getHeaderNames']

function isHeadHolder(value: unknown): value is HeadHolder {
  if (typeof value !== 'object' || value === null) return false
  return METHODS.every((method) => typeof Reflect.get(value, method) === 'function')
}
