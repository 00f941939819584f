import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { newId } from '../../../src/testing/sample-records.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { DRIVERS, type OpenClient } from './clients.ts'
import { HOUR, recordOf } from './records.ts'

describe.each(Object.entries(DRIVERS))('a store that shares its server, with %s', (_name, open) => {
  let server: RedisServer
  let client: OpenClient

  beforeAll(async () => {
    server = await startRedis()
    client = await open(server)
  })
  beforeEach(() => server.ask('FLUSHALL'))
  afterAll(async () => {
    await client.close()
    await server.stop()
  })

  async function storeOfOne(prefix: string): Promise<{ store: RedisSessionStore; id: string }> {
    const store = new RedisSessionStore(client.client, { prefix })
    const id = newId()
    await store.create(id, recordOf(id, { user: 'ann' }), { ttl: HOUR })
    return { store, id }
  }

  test.each(['p:session:', 'p:session:x', 'p:user:'])(
    'counts and walks its own sessions only, also beside one with the longer prefix %s',
    async (prefix) => {
      const both = [await storeOfOne('p:'), await storeOfOne(prefix)]
      for (const { store, id } of both) {
        expect(await store.count()).toBe(1)
        expect((await store.entries()).records).toMatchObject([{ id }])
      }
    },
  )

  test('takes a key of another type for an error when it is asked for it, and for nothing in a walk', async () => {
    const { store, id } = await storeOfOne('p:')
    const other = newId()
    await server.ask('HSET', `p:session:${other}`, 'field', 'value')
    await expect(Promise.resolve(store.get(other))).rejects.toThrow(/WRONGTYPE/)
    expect(await store.count()).toBe(1)
    expect((await store.entries()).records).toMatchObject([{ id }])
  })
})
