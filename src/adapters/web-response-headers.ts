import type { ResponseHeaders } from '../core/response-effects.ts'

/** Shows the engine the headers of a web `Response`. */
export class WebResponseHeaders implements ResponseHeaders {
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

  remove(names: ReadonlySet<string>): void {
    for (const name of names) this.#headers.delete(name)
  }
}
