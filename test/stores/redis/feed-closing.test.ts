import { once } from 'node:events'
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../../src/stores/redis/connect.ts'
import type { InvalidationFeed } from '../../../src/stores/redis/invalidation-feed.ts'
import type { RedisClient } from '../../../src/stores/redis.ts'

const CLIENTS: Record<string, (port: number) => RedisClient> = {
  'node-redis': (port) => createClient({ socket: { host: '127.0.0.1', port } }),
  ioredis: (port) => new Redis({ host: '127.0.0.1', port, lazyConnect: true }),
}

const listener = { live: () => {}, lost: () => {}, refused: () => {}, changed: () => {} }

describe.each(Object.entries(CLIENTS))(
  'a feed of %s that is closed leaves no connection',
  (_name, clientOf) => {
    let server: Server
    let port: number
    let accepted: Socket[]
    let feed: InvalidationFeed

    // It takes connections and never answers, so that the feed is still being opened when it is closed.
    beforeEach(async () => {
      accepted = []
      server = createServer((socket) => {
        accepted.push(socket.resume().on('error', () => {})) // 'close' follows
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('The server has no port.')
      port = address.port
      const { openFeed } = connect(clientOf(port))
      if (openFeed === undefined) throw new Error('The client can have no feed.')
      feed = openFeed('coatcheck:session:')
    })
    afterEach(() => {
      for (const socket of accepted) socket.destroy()
      server.close()
    })

    /** Waits until the server has closed what was opened before this call. Its connections come in one by one. */
    async function nothingIsLeft(): Promise<void> {
      const probe = connectSocket({ host: '127.0.0.1', port })
      await once(probe, 'connect')
      while (!accepted.some(({ remotePort }) => remotePort === probe.localPort))
        await once(server, 'connection')
      const others = accepted.filter(({ remotePort }) => remotePort !== probe.localPort)
      await Promise.all(others.map((socket) => socket.closed || once(socket, 'close')))
      probe.destroy()
    }

    test('in the turn in which it was started', async () => {
      feed.start(listener)
      feed.stop()
      await nextTurn() // whatever is being opened has been asked for
      await nothingIsLeft()
    })

    test('while its connection is on its way', async () => {
      feed.start(listener)
      await nextTurn()
      feed.stop()
      await nothingIsLeft()
    })

    test('while the server owes it the first answer', async () => {
      const arrival = once(server, 'connection')
      feed.start(listener)
      await arrival
      feed.stop()
      await nothingIsLeft()
      expect(accepted).not.toHaveLength(0)
    })
  },
)
