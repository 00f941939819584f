import type { Context } from 'hono'
import type { Result, Router } from 'hono/router'
import type { H } from 'hono/types'
import type { RouteTurner } from './arrival.ts'
import { OwnMatch, type Route } from './own-match.ts'
import { type Found, RouteTable } from './route-table.ts'
import type { AnyHandler } from './run-handler.ts'

/** The handlers of a request, when all of them are the app's own. */
export interface OwnHandlers<Data extends object> extends RouteTurner {
  readonly handlers: readonly AnyHandler<Data>[]
}

/** Runs all handlers of a request. */
export type DirectRunner<Data extends object> = (
  context: Context,
  own: OwnHandlers<Data>,
) => Response | Promise<Response>

/**
 * The router that an app gives to Hono: where all handlers of a request are the app's own, it gives Hono one that runs them all.
 *
 * Hono calls the only handler of a request at once, and takes its response as it comes; where there are several, each
 * costs it promises and the response is waited for: about 10 us a request. Requests that any other handler takes part
 * in go Hono's own way.
 */
export class DirectRouter<Data extends object> implements Router<Route> {
  /** Names the router, as Hono asks for. */
  readonly name = 'DirectRouter'
  readonly #routes = new RouteTable<Route>()
  readonly #methods = new Set<string>()
  readonly #own = new Map<H, AnyHandler<Data>>()
  readonly #entrance: H
  readonly #run: DirectRunner<Data>

  /** @param entrance - The middleware whose work `run` does too: the first of every request. */
  constructor(entrance: H, run: DirectRunner<Data>) {
    this.#entrance = entrance
    this.#run = run
  }

  add(method: string, path: string, route: Route): void {
    this.#methods.add(method)
    this.#routes.add(method, path, route)
  }

  /** Says which handler of the app a middleware runs. */
  know(middleware: H, handler: AnyHandler<Data>): void {
    this.#own.set(middleware, handler)
  }

  match(method: string, path: string): Result<Route> {
    const found = this.#routes.match(method, path)
    return [this.#asOne(found) ?? found]
  }

  /** Finds the handlers of a request, when all of them are the app's own; `null` when there are others, or none. */
  matchOwn(method: string, path: string): OwnMatch<Data> | null {
    const found = this.#routes.match(method, path)
    const handlers = this.#ownOf(found)
    return handlers === null ? null : new OwnMatch(handlers, found)
  }

  /** Gives the methods that have a route of their own for a path; middleware and `all` routes have none. */
  methodsOf(path: string): string[] {
    return [...this.#methods].filter((method) => {
      const entries = this.#routes.match(method, path)
      return method !== 'ALL' && entries.some(([[, route]]) => route.method === method)
    })
  }

  #asOne(entries: readonly Found<Route>[]): Found<Route>[] | null {
    const handlers = this.#ownOf(entries)
    // The entrance is the first of every request.
    const first = entries[1]
    if (handlers === null || first === undefined) return null
    const route: Route = [(context) => this.#run(context, { handlers, turnTo }), first[0][1]]
    const one: Found<Route> = [route, first[1]]
    const turnTo = (at: number): void => {
      const entry = entries[at + 1]
      if (entry === undefined) return
      route[1] = entry[0][1]
      one[1] = entry[1]
    }
    return [one]
  }

  #ownOf(entries: readonly Found<Route>[]): AnyHandler<Data>[] | null {
    const handlers: AnyHandler<Data>[] = []
    for (const [[middleware]] of entries) {
      const own = this.#own.get(middleware)
      if (own !== undefined) handlers.push(own)
      else if (middleware !== this.#entrance) return null
    }
    return handlers.length > 0 && entries.length === handlers.length + 1 ? handlers : null
  }
}
