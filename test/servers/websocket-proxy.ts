import { once } from 'node:events'
import { connect } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

/** A server of WebSockets on loopback, each of which leads to a TCP server, as Neon has it in front of PostgreSQL. */
export interface WebSocketProxy {
  /** Where it listens, without a scheme: `127.0.0.1:port`. */
  readonly address: string
  /** Closes the connections and stops listening. */
  close(): Promise<void>
}

/** Starts a proxy in front of a port of 127.0.0.1. */
export async function startWebSocketProxy(target: number): Promise<WebSocketProxy> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  server.on('connection', (socket) => {
    const upstream = connect(target, '127.0.0.1')
    socket.on('message', (bytes: Buffer) => upstream.write(bytes))
    socket.on('close', () => upstream.destroy())
    socket.on('error', () => upstream.destroy())
    upstream.on('data', (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes)
    })
    upstream.on('close', () => socket.close())
    upstream.on('error', () => socket.close())
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return {
    address: `127.0.0.1:${address.port}`,
    close: async () => {
      for (const socket of server.clients) socket.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}
