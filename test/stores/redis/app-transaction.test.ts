import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type RedisClient, RedisSessionStore } from '../../../src/stores/redis.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { startBun } from '../bun/start-bun.ts'
import { HOUR, recordOf } from './records.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server?.stop())

/** A client, and how an app begins and ends a transaction on it. */
interface Transacting {
  client: RedisClient
  begin(): Promise<unknown>
  end(how: 'exec' | 'discard'): Promise<unknown>
}

function ioRedis(): Transacting {
  const client = new Redis({ host: '127.0.0.1', port: server.port })
  onTestFinished(() => client.disconnect())
  return { client, begin: () => client.multi({ pipeline: false }), end: (how) => client[how]() }
}

function bunRedis(): Transacting {
  const bun = startBun()
  onTestFinished(() => bun.stop())
  const { client } = bun.open('redis', server.url)
  const send = (command: string, args: string[] = []): Promise<unknown> => client('send', command, args)
  return {
    client: { connected: true, connect: () => client('connect'), send },
    begin: () => send('MULTI'),
    end: (how) => send(how.toUpperCase()),
  }
}

describe.each([
  ['ioredis', ioRedis],
  ['Bun', bunRedis],
])('a transaction that the app has begun on a client of %s', (_driver, open) => {
  test.each(['exec', 'discard'] as const)(
    'lets nothing be told that is not so, and ends with %s [P4] [P11]',
    async (how) => {
      const { client, begin, end } = open()
      const store = new RedisSessionStore(client)
      const record = recordOf('a', { user: 'ann' })
      await store.set('a', record, { ttl: HOUR })
      await begin()
      const asked = [
        () => store.get('a'),
        () => store.create('b', recordOf('b'), { ttl: HOUR }),
        () => store.replace('a', record, { ttl: HOUR, revision: record.revision }),
        () => store.touch('a', { ttl: HOUR, touchedAt: 1, expiresAt: 2 }),
        () => store.destroy('a'),
        () => store.listByUser('ann'),
        () => store.destroyByUser('ann'),
      ]
      for (const ask of asked) await expect(ask()).rejects.toThrow(/inside a transaction of the app/)
      await end(how).catch(() => {})
      await store.destroy('a')
      expect(await store.get('a')).toBe(null)
    },
  )
})
