import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSessions, type Sessions } from '../../../src/core/sessions.ts'
import { CREATE, DESTROY_REVISION, REPLACE } from '../../../src/stores/redis/record-scripts.ts'
import type { Script } from '../../../src/stores/redis/script.ts'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { request } from '../../faults/traffic.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { type Mishap, type RedisRest, startRedisRest } from '../../servers/redis-rest.ts'
import { runs } from './held-client.ts'
import { HOUR, recordOf } from './records.ts'

const HTML = '<html><body>Bad Gateway</body></html>'
type Comes = Extract<Mishap, { comes: unknown }>['comes']

const LOST: Record<string, Comes> = {
  'a reset': 'a reset',
  'a 502 of a proxy': { status: 502, body: HTML },
  'a 503 without words': { status: 503, body: '' },
  'a 504 with an error': { status: 504, body: JSON.stringify({ error: 'ERR timeout' }) },
}

describe.each(Object.entries(LOST))('an answer in whose place comes %s', (_name, comes) => {
  let server: RedisServer
  let rest: RedisRest
  let store: RedisSessionStore
  let sessions: Sessions

  beforeEach(async () => {
    server = await startRedis()
    rest = await startRedisRest(server)
    store = new RedisSessionStore({ url: rest.url, token: rest.token })
    sessions = createSessions({ secret: 'a secret of these tests: 0123456789', store, storeTimeout: '10s' })
    // So that the server knows the scripts.
    const cookie = await request(sessions, '', (session) => {
      session.count = 1
    })
    await request(sessions, cookie, (session) => session.count++)
    await request(sessions, cookie, (session) => {
      session.userId = 'warm'
    })
  })
  afterEach(async () => {
    await rest.close()
    await server.stop()
  })

  /** Has the next answers to a script be lost, each after it was carried out. Gives how often it was sent. */
  function lose(script: Script, times: number, when: 'before' | 'after' = 'after'): () => number {
    let sent = 0
    rest.meet((commands) => {
      if (!commands.some((command) => runs(script, command)) || ++sent > times) return undefined
      return { when, comes }
    })
    return () => sent
  }

  async function seenBy(cookie: string): Promise<unknown> {
    let data: unknown
    await request(sessions, cookie, (session) => {
      data = session.toJSON()
    })
    return data
  }

  test('of the end of the old id: the login stands [P2] [P5]', async () => {
    const cookie = await request(sessions, '', (session) => {
      session.cart = ['coat']
    })
    const sent = lose(DESTROY_REVISION, 3)
    const fresh = await request(sessions, cookie, (session) => {
      session.userId = 'ann'
    })
    expect(sent()).toBe(4)
    expect(await seenBy(fresh)).toEqual({ cart: ['coat'], userId: 'ann' })
    expect(await seenBy(cookie)).toEqual({})
  })

  test('of an update: it counts once [P3]', async () => {
    const cookie = await request(sessions, '', (session) => {
      session.count = 0
    })
    const sent = lose(REPLACE, 2)
    await request(sessions, cookie, (session) =>
      session.update((draft) => {
        draft.count++
      }),
    )
    expect(sent()).toBe(3)
    expect(await seenBy(cookie)).toEqual({ count: 1 })
  })

  test.each(['before', 'after'] as const)(
    'of a new record, %s it is made: it is not asked for again [P4]',
    async (when) => {
      const sent = lose(CREATE, 1, when)
      await expect(store.create('a', recordOf('a'), { ttl: HOUR })).rejects.toThrow(
        /may have been carried out/,
      )
      expect(sent()).toBe(1)
      rest.meet(() => ({ when, comes }))
      rest.requests.length = 0
      await expect(store.set('b', recordOf('b'), { ttl: HOUR })).rejects.toThrow(/may have been carried out/)
      expect(rest.requests).toHaveLength(1)
    },
  )

  test('of a load, again and again: it fails, and says no such thing as that there is none [P11]', async () => {
    await store.create('a', recordOf('a'), { ttl: HOUR })
    rest.requests.length = 0
    rest.meet(() => ({ when: 'before', comes }))
    await expect(store.get('a')).rejects.toThrow(/could not be reached, or did not answer/)
    await expect(store.entries()).rejects.toThrow(/did not answer/)
    expect(rest.requests).toHaveLength(8)
  })

  test('of many at once: they are asked for again', async () => {
    for (const id of ['a', 'b', 'c']) await store.create(id, recordOf(id, { user: 'ann' }), { ttl: HOUR })
    let lost = 0
    rest.meet((commands) => (commands.length > 1 && lost++ < 2 ? { when: 'before', comes } : undefined))
    expect(await store.listByUser('ann')).toHaveLength(3)
    lost = 0
    expect(await store.destroyByUser('ann')).toBe(3)
    expect(await store.listByUser('ann')).toEqual([])
  })
})
