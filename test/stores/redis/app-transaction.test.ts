import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { HOUR, recordOf } from './records.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server?.stop())

test.each(['exec', 'discard'] as const)(
  'a transaction that the app has begun on a client of ioredis lets nothing be told that is not so, and ends with %s [P4] [P11]',
  async (end) => {
    const client = new Redis({ host: '127.0.0.1', port: server.port })
    onTestFinished(() => client.disconnect())
    const store = new RedisSessionStore(client)
    const record = recordOf('a', { user: 'ann' })
    await store.set('a', record, { ttl: HOUR })
    await client.multi({ pipeline: false })
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
    await client[end]().catch(() => {})
    await store.destroy('a')
    expect(await store.get('a')).toBe(null)
  },
)
