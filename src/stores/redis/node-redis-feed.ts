import type { NodeRedisClient } from './client.ts'
import { textOf } from './commands.ts'
import { feedBeside, isFeedClient } from './feed-beside.ts'
import { type FeedConnection, followConnection, type OpenFeed } from './invalidation-feed.ts'

interface Connection extends FeedConnection, NodeRedisClient {
  destroy(): void
}

function isConnection(value: unknown): value is Connection {
  const methods = ['connect', 'on', 'sendCommand', 'destroy'] as const
  return typeof value === 'object' && value !== null && methods.every((name) => name in value)
}

/** Gives the way to open a feed beside a client made with `createClient`; `undefined` when it cannot be duplicated. */
export function nodeRedisFeed(client: NodeRedisClient): OpenFeed | undefined {
  // A pool has no connection of its own whose state it could tell.
  if (!('isPubSubActive' in client) || !isFeedClient(client)) return undefined
  return (prefix) =>
    feedBeside(client, ['reconnecting', 'terminated', 'end'], (listener) => {
      // Invalidations come as RESP3 pushes, which node-redis passes on with the first option. With the last it does not put
      // another socket in the place of its own, on which nothing is asked for, when Redis Enterprise says it moves.
      const connection = client.duplicate({
        emitInvalidate: true,
        RESP: 3,
        clientSideCache: undefined,
        maintNotifications: 'disabled',
      })
      if (!isConnection(connection))
        throw new TypeError('duplicate() of the node-redis client gave no client.')
      const send = (...command: string[]): Promise<unknown> => connection.sendCommand(command)
      connection.on('invalidate', (key) => {
        const text = textOf(key)
        listener.changed(text === null ? null : [text])
      })
      const subscribe = async (): Promise<void> => {
        // The driver has switched tracking on for the keys this connection reads, which are none.
        await send('CLIENT', 'TRACKING', 'OFF')
        await send('CLIENT', 'TRACKING', 'ON', 'BCAST', 'PREFIX', prefix)
      }
      const close = closing(connection)
      const unfollow = followConnection(connection, subscribe, listener)
      return {
        ping: () => send('PING'),
        close: () => {
          unfollow()
          close()
        },
      }
    })
}

/**
 * Gives the way to close a connection that is about to be opened. destroy() does not reach a socket that is being made,
 * and node-redis 5 takes it once only. So it waits for that socket, or for word that there will be none: then comes a
 * pause in which the next one can be called off.
 */
function closing(connection: Connection): () => void {
  let makingSocket = true
  let closed = false
  const destroy = (): void => {
    if (closed && !makingSocket && connection.isOpen) connection.destroy()
  }
  connection.on('reconnecting', () => {
    makingSocket = true
  })
  for (const event of ['connect', 'error']) {
    connection.on(event, () => {
      makingSocket = false
      destroy()
    })
  }
  return () => {
    closed = true
    destroy()
  }
}
