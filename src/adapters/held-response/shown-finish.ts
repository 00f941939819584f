import { hasSentHead, type NodeResponse } from '../node-response.ts'

/** Servers that see responses as they are when they close their idle connections. */
const KEPT = new WeakSet<object>()

/**
 * A response of HTTP/1 that looks `finished` before it is: by that Polka, http-proxy and others know that it was ended.
 *
 * Node's server goes by it too when it closes, and would break the connection off as an idle one, unanswered. So all of
 * them are known, in a chain: a `Set` leaves its former tables behind, which are old and keep each response until the next
 * full collection. See docs/decisions/0016-collected-young.md.
 */
export class ShownFinish {
  static #first: ShownFinish | null = null
  readonly #response: Pick<NodeResponse, 'finished'>
  #before: ShownFinish | null = null
  #after: ShownFinish | null

  /**
   * Makes a response look finished, unless its head has left and somebody may still be at work on its body.
   * @param direct - Whether nobody is: all that was written has been given to Node.
   */
  constructor(response: NodeResponse, direct: boolean) {
    // What has begun is left as it is: Node writes no more of what looks finished, and compression may still be at work on it. Nor
    // does Bun, of what it was given and has not sent yet.
    const isLeft = hasSentHead(response) && (!direct || globalThis.process?.versions?.bun !== undefined)
    this.#response = isLeft ? {} : response
    const server = serverOf(response)
    if (server !== undefined && !KEPT.has(server)) keepConnections(server)
    this.#after = ShownFinish.#first
    if (this.#after !== null) this.#after.#before = this
    ShownFinish.#first = this
    this.#response.finished = true
  }

  /** Makes all of them look as they are, or finished again. */
  static showAll(finished: boolean): void {
    for (let shown = ShownFinish.#first; shown !== null; shown = shown.#after)
      shown.#response.finished = finished
  }

  /** Gives the response back as it is: not finished yet. */
  end(): void {
    if (this.#before === null) ShownFinish.#first = this.#after
    else this.#before.#after = this.#after
    if (this.#after !== null) this.#after.#before = this.#before
    this.#before = null
    this.#after = null
    this.#response.finished = false
  }
}

function keepConnections(server: ClosingServer): void {
  KEPT.add(server)
  const { closeIdleConnections } = server
  server.closeIdleConnections = () => {
    ShownFinish.showAll(false)
    try {
      Reflect.apply(closeIdleConnections, server, [])
    } finally {
      ShownFinish.showAll(true)
    }
  }
}

/** A server of Node's, as far as this goes. */
export interface ClosingServer {
  closeIdleConnections(): void
}

/** Finds the server that a response of HTTP/1 is sent by; `undefined` where something else stands in for one. */
export function serverOf({ req }: NodeResponse): ClosingServer | undefined {
  const socket = req?.socket
  if (typeof socket !== 'object' || socket === null || !('server' in socket)) return undefined
  return isClosing(socket.server) ? socket.server : undefined
}

function isClosing(server: unknown): server is ClosingServer {
  return (
    typeof server === 'object' &&
    server !== null &&
    'closeIdleConnections' in server &&
    typeof server.closeIdleConnections === 'function'
  )
}
