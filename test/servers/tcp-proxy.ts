import { once } from 'node:events'
import { connect as connectSocket, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * What the proxy does with what passes.
 * - `pass`: hands it on.
 * - `delay`: hands the server's replies on after so many milliseconds, in order.
 * - `blackhole`: nothing comes through in either direction, and connections stay open. As with TCP, what was sent
 *   meanwhile is not lost: it comes late, when the mode changes.
 * - `cut`: hands requests on, then closes the connection after the first byte of the reply.
 * - `reset`: hands requests on, then resets the connection in place of the reply, as a server that is killed does.
 * - `reset-once`: does that once, and passes from then on.
 * - `refuse`: closes the connections there are, and new ones at once.
 */
export type ProxyMode =
  | { kind: 'pass' }
  | { kind: 'delay'; ms: number }
  | { kind: 'blackhole' }
  | { kind: 'cut' }
  | { kind: 'reset' }
  | { kind: 'reset-once' }
  | { kind: 'refuse' }

/** A TCP proxy on loopback in front of a server, to break the connection in known ways. */
export interface TcpProxy {
  /** The port to connect to on 127.0.0.1. */
  readonly port: number
  /** Changes what happens to everything that passes from now on, on connections there are and new ones. */
  set(mode: ProxyMode): void
  /**
   * Cuts off the connections there are, without a word and for good, as a firewall does that forgot them: nothing comes
   * through any more, whatever the mode becomes. New ones are as the mode says.
   */
  abandon(): void
  /** Hands new connections on to another port, as an address that leads to another server. Those there are stay. */
  leadTo(port: number): void
  /** How many connections were opened since the start. */
  readonly connections: number
  /** Closes the connections and stops listening. */
  close(): Promise<void>
}

/** Both ends of one connection. */
interface Pair {
  client: Socket
  server: Socket
  /** The last reply on its way to the client: replies never overtake each other, whatever the mode becomes. */
  lastReply: Promise<unknown>
}

function handOn(pair: Pair, chunk: Buffer, mode: ProxyMode): void {
  const { client, server } = pair
  if (mode.kind === 'cut') {
    server.destroy()
    client.end(chunk.subarray(0, 1))
    return
  }
  if (mode.kind === 'reset' || mode.kind === 'reset-once') {
    server.destroy()
    client.resetAndDestroy()
    return
  }
  const pause = mode.kind === 'delay' ? delay(mode.ms) : undefined
  pair.lastReply = Promise.all([pair.lastReply, pause]).then(() => client.writable && client.write(chunk))
}

function hold({ client, server }: Pair, held: boolean): void {
  for (const socket of [client, server]) held ? socket.pause() : socket.resume()
}

/** Starts a proxy on a free port that hands everything on to `targetPort` of 127.0.0.1. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let mode: ProxyMode = { kind: 'pass' }
  let goal = targetPort
  let connections = 0
  const open = new Set<Pair>()
  const abandoned = new Set<Pair>()

  const close = (pair: Pair): void => {
    open.delete(pair)
    abandoned.delete(pair)
    pair.client.destroy()
    pair.server.destroy()
  }
  const listener = createServer((client) => {
    connections++
    if (mode.kind === 'refuse') {
      client.destroy()
      return
    }
    const server = connectSocket({ host: '127.0.0.1', port: goal })
    const pair: Pair = { client, server, lastReply: Promise.resolve() }
    open.add(pair)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', () => {}) // 'close' follows
    }
    client.on('close', () => close(pair))
    // What the server said last is still on its way.
    server.on('close', () => void pair.lastReply.then(() => client.end()))
    client.on('data', (chunk: Buffer) => server.write(chunk))
    server.on('data', (chunk: Buffer) => {
      const now = mode
      if (now.kind === 'reset-once') mode = { kind: 'pass' }
      handOn(pair, chunk, now)
    })
    if (mode.kind === 'blackhole') hold(pair, true)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')

  return {
    port: address.port,
    set: (next) => {
      mode = next
      for (const pair of open) {
        if (next.kind === 'refuse') close(pair)
        else hold(pair, next.kind === 'blackhole')
      }
    },
    abandon: () => {
      for (const pair of open) {
        hold(pair, true)
        abandoned.add(pair)
      }
      open.clear()
    },
    leadTo: (next) => {
      goal = next
    },
    get connections() {
      return connections
    },
    close: async () => {
      const closed = once(listener, 'close')
      listener.close()
      for (const pair of [...open, ...abandoned]) close(pair)
      await closed
    },
  }
}
