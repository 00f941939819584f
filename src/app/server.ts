import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { ConfigError } from '../core/errors.ts'
import { tellOfBrokenOff } from './broken-off.ts'
import type { ErrorReporter } from './error-handling.ts'
import { checkHost, checkPort, portError } from './listen-error.ts'
import type { NodeListener } from './node-entrance.ts'

/** What answers requests: Hono's `fetch`. */
export type FetchHandler = (request: Request, env: object) => Response | Promise<Response>

/** A server that listens, and what it takes to end it well. */
export class RunningServer {
  readonly #server: Server
  /** The open connections, each with its newest response: finding those in flight costs nothing until `close`. */
  readonly #newest = new Map<Socket, ServerResponse | null>()
  #closing = false

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => this.#onConnection(socket))
    // Before the listener that answers, which may do so at once.
    server.prependListener('request', ({ socket }, response) => this.#onRequest(socket, response))
  }

  /** The port it listens on. */
  get port(): number {
    const address: AddressInfo | string | null = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /**
   * Takes no more connections, lets requests in flight finish, and ends.
   * @param timeout - Milliseconds after which the rest is cut off.
   */
  async close(timeout: number): Promise<void> {
    this.#closing = true
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const [socket, response] of this.#newest) {
      // Node's own closeIdleConnections leaves those alone that have not sent a request yet.
      if (response === null || response.closed) socket.destroySoon()
      else endWith(socket, response)
    }
    const timer = setTimeout(() => this.#cutOff(), timeout)
    await closed
    clearTimeout(timer)
  }

  #onConnection(socket: Socket): void {
    this.#newest.set(socket, null)
    socket.once('close', () => this.#newest.delete(socket))
  }

  #onRequest(socket: Socket, response: ServerResponse): void {
    this.#newest.set(socket, response)
    if (this.#closing) endWith(socket, response)
  }

  #cutOff(): void {
    for (const socket of this.#newest.keys()) socket.destroy()
    this.#server.closeAllConnections()
  }
}

/** Ends a connection with a response, and tells the client, so that it does not send another request on it. */
function endWith(socket: Socket, response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
  response.once('close', () => socket.destroySoon())
}

/**
 * Starts a server for a web `fetch` handler.
 * @param before - Puts something before what gives requests to `fetch`.
 * @param tell - Is told of an answer that had to be broken off.
 * @param host - The address to listen on. Default: all.
 * @throws {ConfigError} `ERR_PEER_MISSING` the package @hono/node-server is not installed.
 * @throws {ListenError} the port is taken, or cannot be listened on; the host is none.
 */
export async function startServer(
  fetch: FetchHandler,
  before: (listener: NodeListener) => NodeListener,
  tell: ErrorReporter,
  port: number,
  host?: string,
): Promise<RunningServer> {
  checkPort(port)
  checkHost(host)
  // Imported only here: an app that never listens runs where there is no node:http.
  const [{ createServer }, listener] = await Promise.all([import('node:http'), requestListener(fetch, tell)])
  const server = createServer(before(listener))
  const running = new RunningServer(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(portError(error, port)))
    server.listen(port, host, resolve)
  })
  return running
}

async function requestListener(fetch: FetchHandler, tell: ErrorReporter): Promise<NodeListener> {
  const { getRequestListener } = await nodeServer()
  // HTTP/1.0 needs no Host, and health checks of load balancers send none; a web Request needs one in its address.
  const listener = getRequestListener(fetch, { hostname: 'localhost' })
  return (incoming, outgoing) => {
    // Of a stream, or a Response, that has another length than it says, the client would wait for the rest, or take it for the
    // next answer. Node throws then, and again at @hono/node-server's attempt to say so.
    outgoing.strictContentLength = true
    outgoing.on('close', countNoMore)
    const over = (refusal?: unknown): void => {
      if (refusal !== undefined) outgoing.destroy()
      else if (!outgoing.writableEnded && !outgoing.destroyed) {
        // A slow client has still to take the last bytes, and Node counts them then.
        outgoing.once('close', over)
        return
      }
      tellOfBrokenOff(incoming, outgoing, refusal, tell)
    }
    return listener(incoming, outgoing).then(over, over)
  }
}

/** Of a client that has left Node writes nothing more, and would find too little written when the answer ends. */
function countNoMore(this: ServerResponse): void {
  this.strictContentLength = false
}

async function nodeServer(): Promise<typeof import('@hono/node-server')> {
  try {
    return await import('@hono/node-server')
  } catch (cause) {
    throw new ConfigError(
      'ERR_PEER_MISSING',
      'app.listen() needs the package @hono/node-server, which is not installed or does not go with the hono that is. Run: npm install hono@latest @hono/node-server@latest',
      { cause },
    )
  }
}
