import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sessions } from '../../../src/core/sessions.ts'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { request, sessionsOn } from '../../faults/traffic.ts'
import { type GlobalRedis, startGlobalRedis } from '../../servers/redis-global.ts'
import type { RedisRest } from '../../servers/redis-rest.ts'
import { HOUR, recordOf, touchNow } from './records.ts'
import { serveRest } from './served-rest.ts'

describe('a global database whose replica lags', () => {
  let database: GlobalRedis
  let rest: RedisRest
  let sessions: Sessions

  beforeEach(async () => {
    database = await startGlobalRedis()
    rest = await database.openRest()
    sessions = sessionsOn({ url: rest.url, token: rest.token })
  })
  afterEach(async () => {
    await rest.close()
    await database.stop()
  })

  const signIn = (): Promise<string> =>
    request(sessions, '', (session) => {
      session.userId = 'ann'
    })

  async function seenBy(cookie: string): Promise<unknown> {
    let data: unknown
    await request(sessions, cookie, (session) => {
      data = session.toJSON()
    })
    return data
  }

  /** What is asked for as anybody would: the replica answers. */
  async function onReplica(...command: string[]): Promise<unknown> {
    const headers = { authorization: `Bearer ${rest.token}` }
    const answer = await fetch(rest.url, { method: 'POST', headers, body: JSON.stringify(command) })
    return Reflect.get(Object(await answer.json()), 'result')
  }

  test('shows no session that has ended, nor misses one that has begun [P4]', async () => {
    const [out, revoked] = [await signIn(), await signIn()]
    const store = new RedisSessionStore({ url: rest.url, token: rest.token })
    const ids = (await store.listByUser('ann')).map(({ id }) => id)
    await database.pauseReplication()
    await request(sessions, out, (session) => session.destroy())
    expect(await seenBy(out)).toEqual({})
    expect(await sessions.user('ann').revoke()).toBe(1)
    expect(await seenBy(revoked)).toEqual({})
    expect(await sessions.user('ann').list()).toEqual([])
    expect((await store.entries()).records).toEqual([])
    expect(await store.count()).toBe(0)
    for (const id of ids) {
      expect(await store.create(id, recordOf(id), { ttl: 0 })).toBe(true) // is asked with EXISTS
      expect(await onReplica('GET', `coatcheck:session:${id}`)).toContain('ann') // or this test shows nothing
    }
    const fresh = await signIn()
    expect(await seenBy(fresh)).toEqual({ userId: 'ann' })
    expect(await sessions.user('ann').list()).toHaveLength(1)
    expect((await store.entries()).records).toHaveLength(1)
    expect(await store.count()).toBe(1)
  })
})

describe('what is sent over HTTP', () => {
  const served = serveRest()
  let rest: RedisRest
  let store: RedisSessionStore

  beforeAll(() => {
    rest = served.rest
    store = served.open()
  })
  beforeEach(() => served.server.ask('FLUSHALL'))

  async function sizes(work: () => unknown): Promise<number[]> {
    rest.requests.length = 0
    await work()
    return rest.requests.map((commands) => commands.length)
  }

  async function signedIn(count: number): Promise<void> {
    for (let i = 0; i < count; i++)
      await store.create(`s-${i}`, recordOf(`s-${i}`, { user: 'ann' }), { ttl: HOUR })
  }

  test('is a request for a load, and one for a touch or a write', async () => {
    await signedIn(1)
    await store.touch('s-0', touchNow())
    expect(await sizes(() => store.get('s-0'))).toEqual([1])
    expect(await sizes(() => store.touch('s-0', touchNow()))).toEqual([1])
  })

  test('is a request for each hundred sessions of a user, to list and to revoke them, and a few more', async () => {
    await signedIn(250)
    const listed = await sizes(async () => expect(await store.listByUser('ann')).toHaveLength(250))
    expect(listed.toSorted((a, b) => a - b)).toEqual([1, 50, 100, 100])
    const revoked = await sizes(async () => expect(await store.destroyByUser('ann')).toBe(250))
    expect(revoked.filter((size) => size > 1).toSorted((a, b) => a - b)).toEqual([50, 100, 100])
    expect(revoked.length).toBeLessThan(10)
    expect(await sizes(() => store.listByUser('ann'))).toEqual([1])
  })

  test('is two requests for a page of a walk', async () => {
    await signedIn(20)
    expect(await sizes(async () => expect((await store.entries()).records).toHaveLength(20))).toEqual([1, 20])
  })

  // Next.js keeps answers in development, and on pages that ask for it: who asks the same gets the same.
  test('differs from all that was sent before, and asks not to be kept', async () => {
    await store.get('s-0')
    const { 'x-request-id': before } = rest.lastHeaders
    await store.get('s-0')
    expect(rest.lastHeaders['x-request-id']).not.toBe(before)
    expect(rest.lastHeaders['cache-control']).toBe('no-cache')
  })

  test('is text that is whole: of half a character nothing else is known than in Redis', async () => {
    const user = 'ann\ud800'
    await store.create('half', recordOf('half', { user, data: '"\u0000\uFEFF\u2028\ud83d\ude00"' }), {
      ttl: HOUR,
    })
    expect(await store.get('half')).toMatchObject({ user, data: '"\u0000\uFEFF\u2028\ud83d\ude00"' })
    expect(await store.listByUser(user)).toHaveLength(1)
    await store.set('torn', recordOf('torn', { data: '"\ud83d"' }), { ttl: HOUR })
    expect(await store.get('torn')).toMatchObject({ data: '"\uFFFD"' })
    expect(rest.requests.flat(2).every((text) => text.isWellFormed())).toBe(true)
  })
})
