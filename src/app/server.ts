import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { ConfigError } from '../core/errors.ts'
import { checkPort, portError } from './listen-error.ts'

/** What answers requests: Hono's `fetch`. */
export type FetchHandler = (request: Request, env: object) => Response | Promise<Response>

/** A server that listens, and what it takes to end it well. */
export class RunningServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #inFlight = new Set<ServerResponse>()
  #closing = false

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => this.#onConnection(socket))
    // Before the listener that answers, which may do so at once.
    server.prependListener('request', (_request, response) => this.#onRequest(response))
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
    for (const response of this.#inFlight) endConnection(response)
    const busy = new Set([...this.#inFlight].map((response) => response.socket))
    // Node's own closeIdleConnections leaves those alone that have not sent a request yet.
    for (const socket of this.#sockets) if (!busy.has(socket)) socket.destroySoon()
    const timer = setTimeout(() => this.#cutOff(), timeout)
    await closed
    clearTimeout(timer)
  }

  #onConnection(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #onRequest(response: ServerResponse): void {
    this.#inFlight.add(response)
    if (this.#closing) endConnection(response)
    const { socket } = response
    response.once('close', () => {
      this.#inFlight.delete(response)
      if (this.#closing) socket?.destroySoon()
    })
  }

  #cutOff(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.closeAllConnections()
  }
}

/** Tells the client that this connection ends with the response, so that it does not send another request on it. */
function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}

/**
 * Starts a server for a web `fetch` handler.
 * @param host - The address to listen on. Default: all.
 * @throws {ConfigError} `ERR_PEER_MISSING` the package @hono/node-server is not installed.
 * @throws {ListenError} the port is taken, or cannot be listened on.
 */
export async function startServer(fetch: FetchHandler, port: number, host?: string): Promise<RunningServer> {
  checkPort(port)
  // Imported only here: an app that never listens runs where there is no node:http.
  const [{ createServer }, listener] = await Promise.all([import('node:http'), requestListener(fetch)])
  const server = createServer(listener)
  const running = new RunningServer(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(portError(error, port)))
    server.listen(port, host, resolve)
  })
  return running
}

async function requestListener(
  fetch: FetchHandler,
): Promise<(request: IncomingMessage, response: ServerResponse) => Promise<void>> {
  const { getRequestListener } = await nodeServer()
  return getRequestListener(fetch)
}

async function nodeServer(): Promise<typeof import('@hono/node-server')> {
  try {
    return await import('@hono/node-server')
  } catch (cause) {
    throw new ConfigError(
      'ERR_PEER_MISSING',
      'app.listen() needs the package @hono/node-server, which could not be loaded. Run: npm install @hono/node-server',
      { cause },
    )
  }
}
