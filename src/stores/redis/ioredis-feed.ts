import type { IoRedisClient } from './client.ts'
import { textsOf } from './commands.ts'
import { feedBeside, isFeedClient } from './feed-beside.ts'
import { type FeedConnection, followConnection, type OpenFeed } from './invalidation-feed.ts'

const CHANNEL = '__redis__:invalidate'

interface Connection extends FeedConnection, IoRedisClient {
  disconnect(): void
}

function isConnection(value: unknown): value is Connection {
  const methods = ['connect', 'on', 'call', 'disconnect'] as const
  return typeof value === 'object' && value !== null && methods.every((name) => name in value)
}

/** Gives the way to open a feed beside an ioredis client of one server; `undefined` with Sentinel. */
export function ioRedisFeed(client: IoRedisClient): OpenFeed | undefined {
  if (!isFeedClient(client) || (client.options.sentinels ?? null) !== null) return undefined
  return (prefix) =>
    feedBeside(client, ['close'], (listener) => {
      // ioredis drops RESP3's pushes. On RESP2 a connection can have its invalidations as messages of a channel.
      const connection = client.duplicate({
        protocol: 2,
        autoResubscribe: false,
        lazyConnect: true,
        keyPrefix: '',
      })
      if (!isConnection(connection)) throw new TypeError('duplicate() of the ioredis client gave no client.')
      connection.on('messageBuffer', (_channel, keys) =>
        listener.changed(keys === null ? null : textsOf(keys)),
      )
      const subscribe = async (): Promise<void> => {
        const own = String(await connection.call('client', ['id']))
        await connection.call('client', ['tracking', 'on', 'redirect', own, 'bcast', 'prefix', prefix])
        await connection.call('subscribe', [CHANNEL])
      }
      const unfollow = followConnection(connection, subscribe, listener)
      return {
        ping: () => connection.call('ping', []),
        close: () => {
          unfollow()
          connection.disconnect()
        },
      }
    })
}
