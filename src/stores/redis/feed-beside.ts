import type { FeedListener, InvalidationFeed } from './invalidation-feed.ts'

/** A client beside which a feed can be: it makes others with its options, and says what becomes of its connection. */
export interface FeedClient {
  duplicate(overrides: object): unknown
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** Tells whether a client can have a feed. Not all that the store speaks through can, so it is asked only for one. */
export function isFeedClient<Client extends object>(client: Client): client is Client & FeedClient {
  return 'duplicate' in client && 'on' in client && 'off' in client
}

/** What a feed has open: one connection, from its opening on. */
export interface FeedLine {
  /** Proves, by answering, that everything told until now has arrived. */
  ping(): Promise<unknown>
  /** Closes the connection. The listener hears of its life no more. */
  close(): void
}

const NO_LINE: FeedLine = {
  ping: () => Promise.reject(new Error('The feed has no connection.')),
  close: () => {},
}

/**
 * Makes a feed whose connection is always younger than the client's. An address may lead to another server by the time
 * the client connects to it anew, and the older connection of a feed would stay with the one before, which lives on and
 * answers but is told of nothing any more.
 * @param lossEvents - By which the client says that its connection is lost. Not 'error': who listens takes that from the app.
 * @param open - Opens a connection.
 */
export function feedBeside(
  client: FeedClient,
  lossEvents: readonly string[],
  open: (listener: FeedListener) => FeedLine,
): InvalidationFeed {
  let line = NO_LINE
  let stop = (): void => {}
  return {
    start: (listener) => {
      const lost = (): void => listener.lost()
      const renew = (): void => {
        lost()
        line.close()
        line = open(listener)
      }
      for (const event of lossEvents) client.on(event, lost)
      client.on('ready', renew)
      stop = () => {
        for (const event of lossEvents) client.off(event, lost)
        client.off('ready', renew)
        line.close()
      }
      line = open(listener)
    },
    ping: () => line.ping(),
    stop: () => stop(),
  }
}
