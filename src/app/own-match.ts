import type { H, RouterRoute } from 'hono/types'
import type { Found } from './route-table.ts'
import type { AnyHandler } from './run-handler.ts'

/** What Hono keeps under a path: a handler, with its route. */
export type Route = [H, RouterRoute]

/** What the routes have for a request, when all its handlers are the app's own. */
export class OwnMatch<Data extends object> {
  readonly handlers: readonly AnyHandler<Data>[]
  readonly #found: readonly Found<Route>[]

  /** @param found - The entrance, then the handlers. */
  constructor(handlers: readonly AnyHandler<Data>[], found: readonly Found<Route>[]) {
    this.handlers = handlers
    this.#found = found
  }

  /** Gives the parameters of a handler's route, as they stand in the path. */
  paramsOf(at: number): Record<string, string> {
    return { ...this.#found[at + 1]?.[1] }
  }
}
