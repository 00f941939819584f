import type { OutgoingHttpHeaders } from 'node:http'
import { applyEffects, type ResponseEffects, type ResponseHeaders } from '../core/response-effects.ts'
import { GivenHeaders } from './given-headers.ts'
import { type NodeHeaderHolder, NodeResponseHeaders } from './node-headers.ts'

/**
 * Writes sessions' effects into a head that is about to leave.
 * @param args - What `writeHead` was called with.
 * @returns What to call it with instead.
 */
export function departingHead(
  response: NodeHeaderHolder,
  args: unknown[],
  effects: readonly ResponseEffects[],
): unknown[] {
  const [status, reason, last] = args
  // Node takes the third argument before the second, and the second for a reason when it is a text.
  const headers = typeof reason === 'string' ? last : (last ?? reason)
  if (headers === undefined) {
    write(effects, new NodeResponseHeaders(response))
    return args
  }
  const line = typeof reason === 'string' ? [status, reason] : [status]
  // Node writes an object out as it is when nothing was set before: 2 us less than setting its headers (Node 24).
  if (isHeaders(headers) && response.getHeaderNames().length === 0) {
    const given = new GivenHeaders(headers)
    write(effects, given)
    line.push(given.values)
    return line
  }
  if (Array.isArray(headers)) setPairs(response, headers)
  else if (isHeaders(headers)) {
    for (const name of Object.keys(headers)) response.setHeader(name, headers[name])
  }
  write(effects, new NodeResponseHeaders(response))
  return line
}

function write(effects: readonly ResponseEffects[], headers: ResponseHeaders): void {
  for (const one of effects) applyEffects(one, headers)
}

function isHeaders(value: unknown): value is OutgoingHttpHeaders {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Sets a list of headers: flat, or of pairs. A name may stand in it several times.
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE`, as Node's own: the last name has no value; nothing was set.
 */
function setPairs(response: NodeHeaderHolder, list: readonly unknown[]): void {
  const flat = list.length > 0 && list.every(Array.isArray) ? list.flat(1) : list
  if (flat.length % 2 !== 0) {
    const message = `writeHead was given a list of ${flat.length} for its headers. Give names and values in turn.`
    throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' })
  }
  for (let at = 0; at < flat.length; at += 2) response.removeHeader(String(flat[at]))
  for (let at = 0; at < flat.length; at += 2) {
    const value: unknown = flat[at + 1]
    response.appendHeader(String(flat[at]), Array.isArray(value) ? value.map(String) : String(value))
  }
}
