import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { type OpenClient, openNodeRedis } from './clients.ts'
import { holdCommand } from './held-client.ts'
import { HOUR, recordOf, touchNow } from './records.ts'

let server: RedisServer
let client: OpenClient
let store: RedisSessionStore

beforeAll(async () => {
  server = await startRedis()
  client = await openNodeRedis(server)
  store = new RedisSessionStore(client.client)
})
beforeEach(() => server.ask('FLUSHALL'))
afterAll(async () => {
  await client.close()
  await server.stop()
})

/** Polls the real server until it holds, for at most 10 s. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('Not so within 10 s.')
    await delay(20)
  }
}

const USER_KEY = 'coatcheck:user:ann'
const ann = (id: string): ReturnType<typeof recordOf> => recordOf(id, { user: 'ann' })

async function ttlOf(key: string): Promise<number> {
  return Number(await server.ask('PTTL', key))
}

describe('who deletes what is over', () => {
  test('100,000 expired sessions of 200 users leave nothing behind', async () => {
    for (let batch = 0; batch < 100; batch++) {
      const made = Array.from({ length: 1_000 }, (_, i) => {
        const id = `s-${batch}-${i}`
        return store.create(id, recordOf(id, { user: `u-${i % 200}` }), { ttl: 500 })
      })
      expect(await Promise.all(made)).not.toContain(false)
    }
    await until(async () => (await server.ask('DBSIZE')) === 0)
    expect(await store.count()).toBe(0)
  })

  test('every key has a time to live, whatever was done to the session', async () => {
    await store.set('a', ann('a'), { ttl: HOUR })
    await store.create('b', ann('b'), { ttl: HOUR })
    await store.replace('b', { ...ann('b'), revision: 2 }, { ttl: HOUR * 3, revision: 1 })
    await store.create('c', recordOf('c'), { ttl: HOUR })
    await store.touch('c', touchNow(HOUR * 5))
    const keys = await server.ask('KEYS', '*')
    expect(keys).toHaveLength(4)
    for (const key of Array.isArray(keys) ? keys : []) expect(await ttlOf(String(key))).toBeGreaterThan(0)
  })

  test("a user's expired sessions leave the index while the user stays active", async () => {
    await store.create('kept', ann('kept'), { ttl: HOUR })
    const short = Array.from({ length: 50 }, (_, i) => `short-${i}`)
    await Promise.all(short.map((id) => store.create(id, ann(id), { ttl: 20 })))
    expect(await server.ask('ZCARD', USER_KEY)).toBe(51)
    await until(async () => {
      await store.create('next', ann('next'), { ttl: HOUR })
      return (await server.ask('ZCARD', USER_KEY)) === 2
    })
    expect(await store.listByUser('ann')).toHaveLength(2)
  })
})

describe('the index against the sessions it names', () => {
  async function namedUntil(id: string): Promise<number> {
    return Number(await server.ask('ZSCORE', USER_KEY, id))
  }

  async function endOf(id: string): Promise<number> {
    return Number(await server.ask('PEXPIRETIME', `coatcheck:session:${id}`))
  }

  test('names a session for longer than it lives, and lives longer itself, after any order of writes', async () => {
    const ttls = [1, 2, 1.4, 5, 0.5, 3, 9, 1].map((hours) => Math.round(hours * HOUR))
    let revision = 1
    await store.create('a', ann('a'), { ttl: HOUR })
    await store.create('other', ann('other'), { ttl: HOUR })
    for (const ttl of ttls) {
      await store.touch('a', touchNow(ttl))
      expect(await namedUntil('a')).toBeGreaterThanOrEqual(await endOf('a'))
      expect(
        await store.replace('a', { ...ann('a'), revision: revision + 1 }, { ttl: ttl * 2, revision }),
      ).toBe('written')
      revision++
      expect(await namedUntil('a')).toBeGreaterThanOrEqual(await endOf('a'))
      expect(Number(await server.ask('PEXPIRETIME', USER_KEY))).toBeGreaterThanOrEqual(await namedUntil('a'))
    }
  })

  test('names each of two sessions for long enough, whichever of them ends first', async () => {
    await store.create('long', ann('long'), { ttl: HOUR * 9 })
    await store.create('short', ann('short'), { ttl: HOUR })
    expect(Number(await server.ask('PEXPIRETIME', USER_KEY))).toBeGreaterThanOrEqual(await namedUntil('long'))
    expect(await namedUntil('short')).toBeLessThan(await namedUntil('long'))
  })

  test('names a session for long enough when two write it at once, one for longer than the other', async () => {
    await store.create('a', ann('a'), { ttl: HOUR })
    const held = await openNodeRedis(server)
    const gate = holdCommand(held.client, 2) // the first names the session, the second writes its record
    const writing = new RedisSessionStore(gate.client).set('a', ann('a'), { ttl: HOUR * 9 })
    await gate.reached
    await store.set('a', ann('a'), { ttl: HOUR })
    gate.release()
    await writing
    expect(await namedUntil('a')).toBeGreaterThanOrEqual(await endOf('a'))
    await held.close()
  })

  test('a touch moves the times and nothing else', async () => {
    const before = recordOf('a', { user: 'ann', data: '{"much":"ü"}', revision: 7 })
    await store.create('a', before, { ttl: HOUR })
    const moved = { touchedAt: before.touchedAt + 1, expiresAt: before.expiresAt + HOUR }
    expect(await store.touch('a', { ttl: HOUR * 2, ...moved })).toBe(true)
    expect(await store.get('a')).toEqual({ ...before, ...moved })
    expect(await ttlOf('coatcheck:session:a')).toBeGreaterThan(HOUR * 2 - 10_000)
  })

  test('a session that changes hands is listed and revoked with its new user only', async () => {
    await store.create('a', ann('a'), { ttl: HOUR })
    const bobs = recordOf('a', { user: 'bob', revision: 2 })
    expect(await store.replace('a', bobs, { ttl: HOUR, revision: 1 })).toBe('written')
    expect(await store.listByUser('ann')).toEqual([])
    expect(await store.destroyByUser('ann')).toBe(0)
    expect(await store.listByUser('bob')).toEqual([bobs])
    const nobodys = recordOf('a', { revision: 3 })
    expect(await store.replace('a', nobodys, { ttl: HOUR, revision: 2 })).toBe('written')
    expect(await store.destroyByUser('bob')).toBe(0)
    expect(await store.get('a')).toEqual(nobodys)
  })

  test('a revocation between the two steps of a creation does not take the name away [P4]', async () => {
    await store.create('warm', ann('warm'), { ttl: HOUR }) // so that the server knows the scripts
    const held = await openNodeRedis(server)
    const gate = holdCommand(held.client, 2) // the first names the session, the second writes its record
    const creating = new RedisSessionStore(gate.client).create('late', ann('late'), { ttl: HOUR })
    await gate.reached
    expect(await store.destroyByUser('ann')).toBe(1)
    gate.release()
    expect(await creating).toBe(true)
    expect(await store.listByUser('ann')).toHaveLength(1)
    expect(await store.destroyByUser('ann')).toBe(1)
    expect(await store.get('late')).toBeNull()
    await held.close()
  })
})
