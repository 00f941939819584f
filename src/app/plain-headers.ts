import type { ResponseHeaders } from '../core/response-effects.ts'

/** The headers of a response that is not made yet, as plain data. Names are lower case. */
export class PlainHeaders implements ResponseHeaders {
  /** The headers as `new Response` takes them, and Node. */
  readonly record: Record<string, string> = {}

  get(name: string): string | undefined {
    return this.record[name]
  }

  /** @throws {TypeError} it is a list: who has lines of a header beside ours has set headers, and no plain answer. */
  set(name: string, value: string | readonly string[]): void {
    if (typeof value !== 'string') throw new TypeError(`A plain answer has one line of ${name} at most.`)
    this.record[name] = value
  }

  remove(names: ReadonlySet<string>): void {
    for (const name in this.record) if (names.has(name)) delete this.record[name]
  }
}
