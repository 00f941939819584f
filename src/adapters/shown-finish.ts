import type { NodeResponse } from './node-response.ts'

/** Responses of HTTP/1 that look finished while their end is held. */
const SHOWN = new Set<NodeResponse>()

/** Servers that see these as they are when they close their idle connections. */
const KEPT = new WeakSet<object>()

/**
 * Makes a response of HTTP/1 look `finished` before it is: by that Polka, http-proxy and others know that it was ended.
 *
 * Node's server goes by it too when it closes, and would break the connection off as an idle one, unanswered.
 */
export function showFinished(response: NodeResponse): void {
  const server = serverOf(response)
  if (server !== undefined && !KEPT.has(server)) keepConnections(server)
  SHOWN.add(response)
  response.finished = true
}

/** Gives a response back as it is: not finished yet. */
export function unshowFinished(response: NodeResponse): void {
  if (SHOWN.delete(response)) response.finished = false
}

function keepConnections(server: ClosingServer): void {
  KEPT.add(server)
  const { closeIdleConnections } = server
  server.closeIdleConnections = () => {
    for (const response of SHOWN) response.finished = false
    try {
      Reflect.apply(closeIdleConnections, server, [])
    } finally {
      for (const response of SHOWN) response.finished = true
    }
  }
}

interface ClosingServer {
  closeIdleConnections(): void
}

function serverOf({ req }: NodeResponse): ClosingServer | undefined {
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
