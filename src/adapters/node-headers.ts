import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http'
import type { ResponseHeaders } from '../core/response-effects.ts'

/** What of a Node response's headers an adapter touches: HTTP/1 and HTTP/2 alike. */
export interface NodeHeaderHolder {
  getHeader(name: string): number | string | string[] | undefined
  setHeader(name: string, value: number | string | readonly string[]): unknown
  appendHeader(name: string, value: string | readonly string[]): unknown
  removeHeader(name: string): void
}

/** Shows the engine a Node response's headers. */
export class NodeResponseHeaders implements ResponseHeaders {
  readonly #response: NodeHeaderHolder

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

/** The forms in which `writeHead` takes headers: an object, a flat list of names and values, or a list of pairs. */
export type WriteHeadHeaders =
  | OutgoingHttpHeaders
  | readonly OutgoingHttpHeader[]
  | readonly (readonly string[])[]

/** Sets the headers given to `writeHead` one by one, as Node itself does when some were set before. */
export function setAll(response: NodeHeaderHolder, headers: WriteHeadHeaders): void {
  if (!isList(headers)) {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) response.setHeader(name, value)
    }
    return
  }
  const pairs = pairsOf(headers)
  for (const [name] of pairs) response.removeHeader(name)
  for (const [name, value] of pairs) response.appendHeader(name, value)
}

function pairsOf(
  headers: readonly OutgoingHttpHeader[] | readonly (readonly string[])[],
): [string, string | string[]][] {
  const pairs: [string, string | string[]][] = []
  const flat = headers.every((entry) => Array.isArray(entry) && entry.length === 2)
    ? headers.flat(1)
    : headers
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const value = flat[at + 1]
    pairs.push([String(flat[at]), Array.isArray(value) ? value.map(String) : String(value)])
  }
  return pairs
}

function isList(
  headers: WriteHeadHeaders,
): headers is readonly OutgoingHttpHeader[] | readonly (readonly string[])[] {
  return Array.isArray(headers)
}
