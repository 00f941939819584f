import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http'
import type { ResponseHeaders } from '../core/response-effects.ts'

/**
 * Shows the engine the headers that are being given to `writeHead` as an object, in a copy of it.
 *
 * Names keep the case they were given in, since that is how they are sent; one name may stand there in several.
 */
export class GivenHeaders implements ResponseHeaders {
  /** What is to be given to `writeHead` instead. */
  readonly values: OutgoingHttpHeaders

  constructor(given: OutgoingHttpHeaders) {
    this.values = { ...given }
  }

  get(name: string): string | readonly string[] | undefined {
    let found: string | readonly string[] | undefined
    for (const key in this.values) {
      if (!isName(key, name)) continue
      const value = textOf(this.values[key])
      found = found === undefined || value === undefined ? (value ?? found) : [found, value].flat()
    }
    return found
  }

  set(name: string, value: string | readonly string[]): void {
    for (const key in this.values) if (isName(key, name)) delete this.values[key]
    this.values[name] = typeof value === 'string' ? value : [...value]
  }

  remove(names: ReadonlySet<string>): void {
    for (const key in this.values) if (names.has(key.toLowerCase())) delete this.values[key]
  }
}

/** Whether a header's key is this name, which is in lower case. */
function isName(key: string, name: string): boolean {
  return key.length === name.length && (key === name || key.toLowerCase() === name)
}

function textOf(value: OutgoingHttpHeader | undefined): string | readonly string[] | undefined {
  return typeof value === 'number' ? String(value) : value
}
