import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http'
import type { ResponseHeaders } from '../core/response-effects.ts'

/** What of a Node response's headers an adapter touches: HTTP/1 and HTTP/2 alike. */
export interface NodeHeaderHolder {
  getHeader(name: string): number | string | string[] | undefined
  setHeader(name: string, value: OutgoingHttpHeader | readonly string[] | undefined): unknown
  appendHeader(name: string, value: string | readonly string[]): unknown
  removeHeader(name: string): void
}

/** Shows the engine a Node response's headers. */
export class NodeResponseHeaders implements ResponseHeaders {
  readonly #response: NodeHeaderHolder

  /** @param response - The response, its headers not sent yet. */
  constructor(response: NodeHeaderHolder) {
    this.#response = response
  }

  get(name: string): string | readonly string[] | undefined {
    const value = this.#response.getHeader(name)
    return typeof value === 'number' ? String(value) : value
  }

  set(name: string, value: string | readonly string[]): void {
    this.#response.setHeader(name, value)
  }

  remove(name: string): void {
    this.#response.removeHeader(name)
  }
}

/**
 * Sets the headers given to `writeHead` one by one, as Node itself does when some were set before.
 * @returns What is left for `writeHead`: the status, and the reason if there is one.
 */
export function adoptHead(response: NodeHeaderHolder, args: readonly unknown[]): unknown[] {
  const [status, reason, last] = args
  // Node takes the third argument before the second, and the second for a reason when it is a text.
  const headers = typeof reason === 'string' ? last : (last ?? reason)
  if (Array.isArray(headers)) setPairs(response, headers)
  else if (isHeaders(headers)) {
    for (const name of Object.keys(headers)) response.setHeader(name, headers[name])
  }
  return typeof reason === 'string' ? [status, reason] : [status]
}

function isHeaders(value: unknown): value is OutgoingHttpHeaders {
  return typeof value === 'object' && value !== null
}

/** Sets a list of headers: flat, or of pairs. A name may stand in it several times. */
function setPairs(response: NodeHeaderHolder, list: readonly unknown[]): void {
  const flat = list.length > 0 && list.every(Array.isArray) ? list.flat(1) : list
  for (let at = 0; at < flat.length; at += 2) response.removeHeader(String(flat[at]))
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const value: unknown = flat[at + 1]
    response.appendHeader(String(flat[at]), Array.isArray(value) ? value.map(String) : String(value))
  }
}
