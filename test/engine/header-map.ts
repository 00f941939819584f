import type { ResponseHeaders } from '../../src/core/response-effects.ts'

/** The headers of a response, kept line by line, so that two lines stay two. */
export class HeaderMap implements ResponseHeaders {
  readonly #lines = new Map<string, readonly string[]>()

  /** @param headers - What the handler set before the session's effects are written. */
  constructor(headers: Readonly<Record<string, string | readonly string[]>> = {}) {
    for (const [name, value] of Object.entries(headers)) this.set(name, value)
  }

  get(name: string): string | readonly string[] | undefined {
    const lines = this.#lines.get(name)
    return lines?.length === 1 ? lines[0] : lines
  }

  set(name: string, value: string | readonly string[]): void {
    this.#lines.set(name, typeof value === 'string' ? [value] : [...value])
  }

  remove(names: ReadonlySet<string>): void {
    for (const name of names) this.#lines.delete(name)
  }

  /** The lines of one header, none when it is not there. */
  lines(name: string): readonly string[] {
    return this.#lines.get(name) ?? []
  }

  /** All headers, for comparing responses as a whole. */
  all(): Record<string, readonly string[]> {
    return Object.fromEntries(this.#lines)
  }
}
