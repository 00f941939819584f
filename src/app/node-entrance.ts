import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from 'hono'
import { openPassage } from '../adapters/hono/passing.ts'
import type { SessionEnv } from '../adapters/hono.ts'
import { andThen, isPromise } from '../core/awaitable.ts'
import type { RouteTurner } from './arrival.ts'
import type { DirectRouter } from './direct-router.ts'
import { DirectRun, type DirectSettings } from './direct-run.ts'
import { NodeArrival } from './node-arrival.ts'
import { plainPath } from './plain-path.ts'

/** What answers the requests of a Node server. */
export type NodeListener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown

/**
 * Runs the plain requests of a Node server that only the app's own handlers take part in, without Hono while nobody
 * needs it: its context, its `Request` and its `Response` are a tenth of what such a request costs. All others go
 * Hono's way.
 */
export class NodeEntrance<Data extends object> {
  readonly #router: DirectRouter<Data>
  readonly #settings: DirectSettings<Data>
  /** The request that is being given to Hono. */
  #entering: NodeArrival<Data> | null = null

  constructor(router: DirectRouter<Data>, settings: DirectSettings<Data>) {
    this.#router = router
    this.#settings = settings
  }

  /**
   * Makes the listener of a server.
   * @param hono - Gives a request to Hono, and what Hono answers to Node.
   */
  before(hono: NodeListener): NodeListener {
    const giveToHono = (
      arrival: NodeArrival<Data>,
      incoming: IncomingMessage,
      outgoing: ServerResponse,
    ): void => {
      this.#entering = arrival
      try {
        hono(incoming, outgoing)
      } finally {
        this.#entering = null
      }
    }
    return (incoming, outgoing) => {
      const path = plainPath(incoming)
      const match = path === null ? null : this.#router.matchOwn('GET', path)
      if (path === null || match === null) {
        hono(incoming, outgoing)
        return
      }
      const arrival = new NodeArrival<Data>(path, match, incoming, outgoing, giveToHono)
      try {
        const opened = openPassage(this.#settings.request.sessions, incoming)
        const ran = andThen(opened, (passage) => {
          passage.follow(arrival)
          return new DirectRun(arrival, match.handlers, arrival, this.#settings, passage).run()
        })
        if (!isPromise(ran)) arrival.leave(ran)
        else
          ran.then(
            (run) => arrival.leave(run),
            (error: unknown) => arrival.fail(error),
          )
      } catch (error) {
        arrival.fail(error)
      }
    }
  }

  /**
   * Gives Hono the response of a run that has begun before it was entered.
   * @returns `null` when Hono has the request first.
   */
  resume(context: Context<SessionEnv<Data>>, turner: RouteTurner): Promise<Response> | null {
    return this.#entering === null ? null : this.#entering.enter(context, turner)
  }
}
