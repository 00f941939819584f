import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { textOf } from '../../../src/stores/redis/commands.ts'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { commandsDuring } from '../../servers/redis-monitor.ts'
import { startTcpProxy } from '../../servers/tcp-proxy.ts'
import { DRIVERS, type OpenClient } from './clients.ts'
import { HOUR, recordOf, touchNow } from './records.ts'

test('a text in a reply keeps the mark that it begins with', () => {
  expect(textOf(new TextEncoder().encode('\uFEFFann'))).toBe('\uFEFFann')
})

describe.each(Object.entries(DRIVERS))('what %s sends, counted by the server', (_name, open) => {
  let server: RedisServer
  let client: OpenClient
  let store: RedisSessionStore

  beforeAll(async () => {
    server = await startRedis()
    client = await open(server)
    store = new RedisSessionStore(client.client)
    // Each script once, so that the server knows them all.
    const ann = recordOf('warm', { user: 'ann' })
    await store.create('warm', ann, { ttl: HOUR })
    await store.replace('warm', ann, { ttl: HOUR, revision: 1 })
    await store.touch('warm', touchNow())
    await store.replace('warm', ann, { ttl: 0, revision: 1 })
    await store.set('warm', ann, { ttl: HOUR })
    await store.destroyByUser('ann')
    await store.set('warm', ann, { ttl: HOUR })
    await store.destroy('warm')
  })
  beforeEach(async () => {
    await server.ask('FLUSHALL')
    await store.create('anonymous', recordOf('anonymous'), { ttl: HOUR })
    await store.create('owned', recordOf('owned', { user: 'ann' }), { ttl: HOUR })
  })
  afterAll(async () => {
    await client.close()
    await server.stop()
  })

  async function sent(work: () => unknown): Promise<string[]> {
    return (await commandsDuring(server, work)).map(({ name }) => name)
  }

  test('a load is one GET, of a session that is there or not', async () => {
    expect(await sent(() => store.get('owned'))).toEqual(['GET'])
    expect(await sent(() => store.get('nobody'))).toEqual(['GET'])
  })

  test('a write is one script, also when the session has a user', async () => {
    const next = { ttl: HOUR, revision: 1 }
    expect(
      await sent(() => store.replace('anonymous', recordOf('anonymous', { revision: 2 }), next)),
    ).toEqual(['EVALSHA'])
    const owned = recordOf('owned', { user: 'ann', revision: 2 })
    expect(await sent(() => store.replace('owned', owned, next))).toEqual(['EVALSHA'])
  })

  test('a touch is one script that does not carry the data', async () => {
    for (const id of ['anonymous', 'owned']) {
      const commands = await commandsDuring(server, () => store.touch(id, touchNow()))
      expect(commands.map(({ name }) => name)).toEqual(['EVALSHA'])
      expect(commands.flatMap(({ args }) => args).join()).not.toContain('{')
    }
  })

  test('a new session is one command, one with a user two', async () => {
    expect(await sent(() => store.create('new', recordOf('new'), { ttl: HOUR }))).toEqual(['EVALSHA'])
    const owned = recordOf('new-owned', { user: 'ann' })
    expect(await sent(() => store.create('new-owned', owned, { ttl: HOUR }))).toEqual(['EVALSHA', 'EVALSHA'])
  })

  test('ending a session is one command, one with a user two', async () => {
    expect(await sent(() => store.destroy('anonymous'))).toEqual(['EVALSHA'])
    expect(await sent(() => store.destroy('owned'))).toEqual(['EVALSHA', 'ZREM'])
    expect(await sent(() => store.destroy('nobody'))).toEqual(['EVALSHA'])
  })

  test('the user index is extended once in half a lifetime: two commands more then', async () => {
    const longer = touchNow(HOUR * 2)
    expect(await sent(() => store.touch('owned', longer))).toEqual(['EVALSHA', 'EVALSHA', 'EVALSHA'])
    expect(await sent(() => store.touch('owned', longer))).toEqual(['EVALSHA'])
    const muchLonger = { ttl: HOUR * 4, revision: 1 }
    const owned = recordOf('owned', { user: 'ann', revision: 2 })
    expect(await sent(() => store.replace('owned', owned, muchLonger))).toEqual([
      'EVALSHA',
      'EVALSHA',
      'EVALSHA',
    ])
    expect(await sent(() => store.touch('owned', touchNow(HOUR * 4)))).toEqual(['EVALSHA'])
  })

  test('a list is one command and one for each session', async () => {
    await store.create('owned-2', recordOf('owned-2', { user: 'ann' }), { ttl: HOUR })
    expect(await sent(() => store.listByUser('ann'))).toEqual(['ZRANGEBYSCORE', 'GET', 'GET'])
    expect(await sent(() => store.listByUser('nobody'))).toEqual(['ZRANGEBYSCORE'])
  })

  test('a revocation is three commands and one for each session, or one when there is none', async () => {
    await store.create('owned-2', recordOf('owned-2', { user: 'ann' }), { ttl: HOUR })
    const scripts = ['EVALSHA', 'EVALSHA', 'EVALSHA']
    expect((await sent(() => store.destroyByUser('ann'))).toSorted()).toEqual([...scripts, 'ZREM', 'ZREM'])
    expect(await sent(() => store.destroyByUser('ann'))).toEqual(['EVALSHA'])
  })

  test('1,000 sessions of one user are listed and revoked in a handful of round trips', async () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => `bob-${i}`)
    await Promise.all(ids.map((id) => store.create(id, recordOf(id, { user: 'bob' }), { ttl: HOUR })))
    const proxy = await startTcpProxy(server.port)
    const far = await open(proxy)
    const farStore = new RedisSessionStore(far.client)
    proxy.set({ kind: 'delay', ms: 100 })
    const started = performance.now()
    expect(await farStore.listByUser('bob')).toHaveLength(1_000)
    expect(await farStore.destroyByUser('bob')).toBe(1_000)
    // Two trips for the list, three to revoke, and what the commands themselves take.
    expect(performance.now() - started).toBeLessThan(1_500)
    expect(await Promise.all(ids.map((id) => store.get(id)))).toEqual(ids.map(() => null))
    await far.close()
    await proxy.close()
  })
})
