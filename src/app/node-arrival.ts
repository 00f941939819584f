import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from 'hono'
import type { SessionEnv } from '../adapters/hono.ts'
import { answerStateOf } from '../adapters/node-response.ts'
import { isError } from '../core/is-error.ts'
import type { AnswerState, SessionFollower } from '../core/session-follower.ts'
import { warn } from '../core/warning.ts'
import type { RouteTurner, SessionArrival } from './arrival.ts'
import type { DirectRun } from './direct-run.ts'
import type { OwnMatch } from './own-match.ts'

/** Gives a request to Hono, which calls `enter` of its arrival before this returns. */
export type GiveToHono<Data extends object> = (
  arrival: NodeArrival<Data>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) => void

/** What Hono has made of a request, and the response it waits for. A class: see docs/decisions/0016-collected-young.md. */
class Entered<Data extends object> {
  readonly context: Context<SessionEnv<Data>>
  readonly turner: RouteTurner
  readonly response: PromiseWithResolvers<Response> = Promise.withResolvers()

  constructor(context: Context<SessionEnv<Data>>, turner: RouteTurner) {
    this.context = context
    this.turner = turner
  }
}

/**
 * A request that came to a Node server, and that the app answers without Hono while it can.
 *
 * The first who asks for something that only Hono has makes Hono take the request after all, and wait for the response.
 */
export class NodeArrival<Data extends object> implements SessionArrival<Data>, RouteTurner, SessionFollower {
  readonly method = 'GET'
  readonly path: string
  readonly #match: OwnMatch<Data>
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  readonly #giveToHono: GiveToHono<Data>
  #entered: Entered<Data> | null = null
  /** Whether Hono was given the request and has not given it back: it has answered by itself, or will. */
  #keptByHono = false
  #turn = 0

  /** @param path - The path of a plain request: see `plainPath`. */
  constructor(
    path: string,
    match: OwnMatch<Data>,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    giveToHono: GiveToHono<Data>,
  ) {
    this.path = path
    this.#match = match
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.#giveToHono = giveToHono
  }

  get url(): string {
    return this.#incoming.url ?? this.path
  }

  get params(): Record<string, string> {
    // Nothing in a plain path is percent-encoded.
    return this.#match.paramsOf(this.#turn)
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.url.slice(this.path.length))
  }

  get context(): Context<SessionEnv<Data>> {
    return this.#inHono().context
  }

  turnTo(at: number): void {
    // Behind the last handler, its route stays the request's.
    if (at < this.#match.handlers.length) this.#turn = at
    this.#entered?.turner.turnTo(at)
  }

  sessionReplaced(): void {
    // The request asks the passage for its session each time.
  }

  answerState(): AnswerState {
    return answerStateOf(this.#outgoing)
  }

  /** Takes over what Hono has made of the request. */
  enter(context: Context<SessionEnv<Data>>, turner: RouteTurner): Promise<Response> {
    turner.turnTo(this.#turn)
    this.#entered = new Entered(context, turner)
    return this.#entered.response.promise
  }

  /** Sends the answer of a run that has ended: straight to Node, or as the response Hono waits for. */
  leave(run: DirectRun<Data>): void {
    try {
      if (this.#entered === null && run.answer.writeTo(this.#outgoing, run.effects)) return
      const { response } = this.#inHono()
      response.resolve(run.depart())
    } catch (error) {
      this.fail(error)
    }
  }

  /** Lets Hono answer for an error. Does not throw: there is nobody left to catch it. */
  fail(error: unknown): void {
    try {
      this.#inHono().response.reject(error)
    } catch (unanswered) {
      warn(`A request was not answered by the app: ${isError(unanswered) ? unanswered.message : 'unknown'}`)
    }
  }

  #inHono(): Entered<Data> {
    if (this.#entered !== null) return this.#entered
    if (this.#keptByHono) throw notGivenBack()
    this.#giveToHono(this, this.#incoming, this.#outgoing)
    // Assigned in between, by `enter`, which the compiler does not see.
    const entered: Entered<Data> | null = this.#entered
    if (entered === null) {
      this.#keptByHono = true
      throw notGivenBack()
    }
    // The client may have left before: Hono's server, which has just begun to listen for that, would never learn of it.
    if (this.#outgoing.closed) this.#outgoing.emit('close')
    return entered
  }
}

function notGivenBack(): Error {
  return new Error("Hono's server has answered the request by itself.")
}
