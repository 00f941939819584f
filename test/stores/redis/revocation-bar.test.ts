import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { HOLD_BAR } from '../../../src/stores/redis/index-scripts.ts'
import { DESTROY_OF_USER } from '../../../src/stores/redis/record-scripts.ts'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { type OpenClient, openNodeRedis } from './clients.ts'
import { holdWhere, keyOf, passing, runs } from './held-client.ts'
import { HOUR, recordOf, touchNow } from './records.ts'

const USER_KEY = 'coatcheck:user:ann'
const ann = (id: string, revision = 1): ReturnType<typeof recordOf> => recordOf(id, { user: 'ann', revision })

describe('the bar on the index of a user whose sessions are being revoked', () => {
  let server: RedisServer
  let client: OpenClient
  let store: RedisSessionStore

  beforeAll(async () => {
    server = await startRedis()
    client = await openNodeRedis(server)
    store = new RedisSessionStore(client.client)
  })
  beforeEach(async () => {
    await server.ask('FLUSHALL')
    await store.create('a', ann('a'), { ttl: HOUR })
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
  afterAll(async () => {
    await client.close()
    await server.stop()
  })

  async function bars(): Promise<string[]> {
    const reply = await server.ask('ZRANGEBYSCORE', USER_KEY, '-inf', '(0')
    return Array.isArray(reply) ? reply.map(String) : []
  }

  /** Sets a bar as a process does that dies then. */
  async function bar(milliseconds: number): Promise<number> {
    const until = Date.now() + milliseconds
    await server.ask('ZADD', USER_KEY, String(-until), '!dead-process')
    return until
  }

  test('is there while it goes on, and nothing of it afterwards', async () => {
    const gate = holdWhere(client.client, (command) => runs(DESTROY_OF_USER, command))
    const revoking = new RedisSessionStore(gate.client).destroyByUser('ann')
    await gate.reached
    expect(await bars()).toHaveLength(1)
    expect(await store.listByUser('ann')).toHaveLength(1)
    gate.release()
    expect(await revoking).toBe(1)
    expect(await server.ask('KEYS', '*')).toEqual([])
    await store.destroyByUser('nobody')
    expect(await server.ask('KEYS', '*')).toEqual([])
  })

  test('is lifted when the revocation fails', async () => {
    const failing = passing(client.client, (command) => {
      if (runs(DESTROY_OF_USER, command)) throw new Error('The connection broke.')
    })
    await expect(new RedisSessionStore(failing).destroyByUser('ann')).rejects.toThrow('The connection broke.')
    const before = performance.now()
    expect(await store.create('b', ann('b'), { ttl: HOUR })).toBe(true)
    expect(performance.now() - before).toBeLessThan(2_000) // a bar that stays would keep it out for five seconds
    expect(await bars()).toEqual([])
  })

  test('of a process that died keeps new sessions out until it passes, and goes with the first one', async () => {
    const until = await bar(150)
    expect(await store.create('b', ann('b'), { ttl: HOUR })).toBe(true)
    expect(Date.now()).toBeGreaterThanOrEqual(until)
    expect(await bars()).toEqual([])
    expect(await store.listByUser('ann')).toHaveLength(2)
  })

  test('that does not pass ends in an error that says what to do, and nothing is written', async () => {
    await bar(HOUR)
    const started = performance.now()
    const now = vi.spyOn(performance, 'now').mockReturnValue(started)
    const asking = passing(client.client, (command) => {
      if (keyOf(command) === USER_KEY) now.mockReturnValue(started + 10_001)
    })
    const creating = new RedisSessionStore(asking).create('b', ann('b'), { ttl: HOUR })
    await expect(creating).rejects.toThrow(/in revocation for 10 s.*Send the request again/)
    expect(await store.get('b')).toBeNull()
  })

  test('does not keep a session waiting whose name it found', async () => {
    await bar(HOUR)
    expect(await store.touch('a', touchNow(HOUR * 9))).toBe(true)
    expect(await store.replace('a', ann('a', 2), { ttl: HOUR * 99, revision: 1 })).toBe('written')
    expect(await bars()).toHaveLength(1)
  })

  test('that passed too early is noticed, and the revocation begins again [P4]', async () => {
    const gate = holdWhere(client.client, (command) => runs(DESTROY_OF_USER, command))
    const revoking = new RedisSessionStore(gate.client).destroyByUser('ann')
    await gate.reached
    for (const each of await bars()) await server.ask('ZADD', USER_KEY, 'XX', '-1', each)
    await store.create('b', ann('b'), { ttl: HOUR })
    expect(await store.replace('a', ann('a'), { ttl: 0, revision: 1 })).toBe('written')
    gate.release()
    expect(await revoking).toBe(1)
    expect(await store.get('b')).toBeNull()
  })

  test('that is lost each time ends in an error that says what to look at', async () => {
    let late = 0
    const losing = passing(client.client, async (command) => {
      if (!runs(DESTROY_OF_USER, command)) return
      for (const each of await bars()) {
        await server.ask('ZREM', USER_KEY, each)
        await store.create(`late-${++late}`, ann(`late-${late}`), { ttl: HOUR }) // what the next round finds
      }
    })
    const revoking = new RedisSessionStore(losing).destroyByUser('ann')
    await expect(revoking).rejects.toThrow(/10 times over.*maxmemory-policy/)
  })

  test('is extended with each batch after the first', async () => {
    const ids = Array.from({ length: 2_500 }, (_, i) => `many-${i}`)
    await Promise.all(ids.map((id) => store.create(id, ann(id), { ttl: HOUR })))
    let extended = 0
    const counting = passing(client.client, (command) => {
      if (runs(HOLD_BAR, command) && command[0] === 'EVALSHA') extended++
    })
    expect(await new RedisSessionStore(counting).destroyByUser('ann')).toBe(2_501)
    expect(extended).toBe(2)
    expect(await server.ask('KEYS', '*')).toEqual([])
  })

  test('can be set on a server that is full', async () => {
    const ids = Array.from({ length: 1_500 }, (_, i) => `full-${i}`)
    await Promise.all(ids.map((id) => store.create(id, ann(id), { ttl: HOUR })))
    await server.ask('CONFIG', 'SET', 'maxmemory', '1')
    try {
      expect(await store.destroyByUser('ann')).toBe(1_501)
    } finally {
      await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    }
  })
})
