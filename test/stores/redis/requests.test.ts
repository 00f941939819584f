import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSessions, type Sessions } from '../../../src/core/sessions.ts'
import { RedisSessionStore, type RedisSessionStoreOptions } from '../../../src/stores/redis.ts'
import { createClock, type TestClock } from '../../../src/testing/clock.ts'
import { request } from '../../faults/traffic.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { commandsDuring } from '../../servers/redis-monitor.ts'
import { DRIVERS, type OpenClient } from './clients.ts'

const MINUTE = 60_000

describe.each(Object.entries(DRIVERS))(
  'what a request sends to Redis, counted there, with %s',
  (name, open) => {
    let server: RedisServer
    let client: OpenClient
    let clock: TestClock
    let sessions: Sessions
    let cookie: string

    function createSessionsWith(options: RedisSessionStoreOptions = {}): Sessions {
      const store = new RedisSessionStore(client.client, options)
      return createSessions({ secret: 'a secret of these tests: 0123456789', store, now: clock.now })
    }

    beforeAll(async () => {
      server = await startRedis()
      client = await open(server)
      clock = createClock()
      sessions = createSessionsWith()
      // A visitor who has signed in. The server knows each script after this.
      cookie = await request(sessions, '', (session) => {
        session.count = 1
      })
      cookie = await request(sessions, cookie, (session) => {
        session.userId = 'ann'
      })
      clock.advance(10 * MINUTE)
      await read()
      await request(sessions, cookie, (session) => session.count++)
    })
    afterAll(async () => {
      await client.close()
      await server.stop()
    })

    const sent = async (work: () => unknown): Promise<string[]> =>
      (await commandsDuring(server, work)).map(({ name }) => name)
    const read = (): Promise<string> => request(sessions, cookie, (session) => session.count)

    test('nothing for a visitor without a session, or with a forged ticket [P1]', async () => {
      const forged = `${cookie.slice(0, -4)}AAAA`
      expect(await sent(() => request(sessions, '', () => {}))).toEqual([])
      expect(await sent(() => request(sessions, forged, (session) => session.count))).toEqual([])
    })

    test('one GET for a read', async () => {
      expect(await sent(read)).toEqual(['GET'])
    })

    test('two commands for a write', async () => {
      expect(await sent(() => request(sessions, cookie, (session) => session.count++))).toEqual([
        'GET',
        'EVALSHA',
      ])
    })

    test('one more for the read that extends the session, once in five minutes [P8]', async () => {
      clock.advance(6 * MINUTE)
      expect(await sent(read)).toEqual(['GET', 'EVALSHA'])
      expect(await sent(read)).toEqual(['GET'])
      clock.advance(4 * MINUTE)
      expect(await sent(read)).toEqual(['GET'])
    })

    // Bun's is refused it.
    test.skipIf(name === 'Bun')('none for a read from the near-cache', async () => {
      const cached = createSessionsWith({ cache: { maxEntries: 10 } })
      const readCached = (): Promise<string> => request(cached, cookie, (session) => session.count)
      let commands = ['not yet']
      // The first reads open the feed.
      for (let i = 0; i < 100 && commands.length > 0; i++) commands = await sent(readCached)
      expect(commands).toEqual([])
      expect(await request(cached, cookie, (session) => expect(session.userId).toBe('ann'))).toBe(cookie)
      await cached.dispose()
    })
  },
)
