import type { ResponseHeaders } from '../core/response-effects.ts'

/** The headers of a response that is not made yet, as plain data. Names are lower case. */
export class PlainHeaders implements ResponseHeaders {
  readonly #lines: Record<string, string> = {}
  /** The headers of several lines, which a record of texts cannot hold. */
  #lists: Map<string, readonly string[]> | null = null

  get(name: string): string | readonly string[] | undefined {
    return this.#lists?.get(name) ?? this.#lines[name]
  }

  set(name: string, value: string | readonly string[]): void {
    if (typeof value === 'string') {
      this.#lists?.delete(name)
      this.#lines[name] = value
      return
    }
    delete this.#lines[name]
    this.#lists ??= new Map()
    this.#lists.set(name, value)
  }

  remove(names: ReadonlySet<string>): void {
    for (const name in this.#lines) if (names.has(name)) delete this.#lines[name]
    for (const name of this.#lists?.keys() ?? []) if (names.has(name)) this.#lists?.delete(name)
  }

  /** The headers as `new Response` takes them: a record, unless one of them has several lines. */
  get init(): Record<string, string> | [string, string][] {
    if (this.#lists === null) return this.#lines
    const listed = [...this.#lists].flatMap(([name, lines]) => lines.map((line) => pair(name, line)))
    return [...Object.entries(this.#lines), ...listed]
  }

  /** The headers as Node takes them. */
  get forNode(): Record<string, string | string[]> {
    if (this.#lists === null) return this.#lines
    return {
      ...this.#lines,
      ...Object.fromEntries([...this.#lists].map(([name, lines]) => [name, [...lines]])),
    }
  }
}

function pair(name: string, line: string): [string, string] {
  return [name, line]
}
