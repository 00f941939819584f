import type { Result } from 'hono/router'
import type { H, RouterRoute } from 'hono/types'
import type { AnyHandler } from './run-handler.ts'

/** What Hono keeps under a path: a handler, with its route. */
export type Route = [H, RouterRoute]

/** What the routes have for a request, when all its handlers are the app's own. */
export class OwnMatch<Data extends object> {
  readonly handlers: readonly AnyHandler<Data>[]
  readonly #found: Result<Route>

  /** @param found - The entrance, then the handlers. */
  constructor(handlers: readonly AnyHandler<Data>[], found: Result<Route>) {
    this.handlers = handlers
    this.#found = found
  }

  /** Gives the parameters of a handler's route, as they stand in the path. */
  paramsOf(at: number): Record<string, string> {
    const found = this.#found
    if (found.length === 1) return { ...found[0][at + 1]?.[1] }
    const [entries, values] = found
    const params: Record<string, string> = {}
    // Parameters are places in a second list here.
    for (const [name, place] of Object.entries(entries[at + 1]?.[1] ?? {})) {
      const value = values[place]
      if (value !== undefined) params[name] = value
    }
    return params
  }
}
