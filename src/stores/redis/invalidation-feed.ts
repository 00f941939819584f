import { isError } from '../../core/is-error.ts'
/** What a feed tells. */
export interface FeedListener {
  /** From now on every change is told. What was read before may have changed untold. */
  live(): void
  /** Changes may go untold, until `live` is called again. */
  lost(): void
  /** The server does not tell of changes, and says why. */
  refused(reason: string): void
  /** Keys that have changed or gone; `null` for all. */
  changed(keys: readonly string[] | null): void
}

/** A connection of its own on which Redis tells of every changed key that begins with a prefix (CLIENT TRACKING). */
export interface InvalidationFeed {
  /** Opens the connection. It comes back by itself when it is lost. */
  start(listener: FeedListener): void
  /** Proves, by answering, that everything told until now has arrived. */
  ping(): Promise<unknown>
  /** Closes the connection. */
  stop(): void
}

/** Opens a feed of the changes to keys that begin with a prefix. */
export type OpenFeed = (prefix: string) => InvalidationFeed

/** A connection that a feed listens on: a duplicate of the user's client. */
export interface FeedConnection {
  connect(): Promise<unknown>
  on(event: string, listener: (...args: unknown[]) => void): unknown
}

/**
 * Wires a connection's life to a listener.
 * @param subscribe - Asks the server, on a fresh connection, to tell of changes.
 * @returns What ends that: the listener hears of this connection's life no more.
 */
export function followConnection(
  connection: FeedConnection,
  subscribe: () => Promise<unknown>,
  listener: FeedListener,
): () => void {
  let followed = true
  const lost = (error?: unknown): void => {
    if (!followed) return
    listener.lost()
    // A connection that broke comes back by itself. An answer of the server that says no is final.
    if (isError(error) && /^(NOPERM|ERR unknown) /.test(error.message)) listener.refused(error.message)
  }
  for (const event of ['error', 'reconnecting', 'close', 'end']) connection.on(event, lost)
  connection.on('ready', () => {
    subscribe().then(() => followed && listener.live(), lost)
  })
  connection.connect().catch(lost)
  return () => {
    followed = false
  }
}
