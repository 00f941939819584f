import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createSessions } from '../../../src/core/sessions.ts'
import { freePort } from '../../servers/free-port.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { startRedisCluster } from '../../servers/redis-cluster.ts'
import { startTcpProxy, type TcpProxy } from '../../servers/tcp-proxy.ts'
import { conformanceInBun } from '../bun/conformance-in-bun.ts'
import { type BunProcess, type MakeOptions, type StoreInBun, startBun } from '../bun/start-bun.ts'
import { until } from '../sql/until.ts'
import { HOUR, recordOf } from './records.ts'

let bun: BunProcess
let server: RedisServer
beforeAll(async () => {
  bun = startBun()
  server = await startRedis()
})
afterAll(async () => {
  await bun?.stop()
  await server?.stop()
})

/** Opens a store that is closed at the end of the test. */
function open(url: string = server.url, options: MakeOptions = {}): StoreInBun {
  const opened = bun.open('redis', url, options)
  onTestFinished(async () => {
    await opened.client('close').catch(() => {})
  })
  return opened
}

/** Opens one behind a proxy, whose first connection is made. */
async function openBehindProxy(client: object): Promise<StoreInBun & { proxy: TcpProxy }> {
  const proxy = await startTcpProxy(server.port)
  onTestFinished(() => proxy.close())
  const opened = open(`redis://127.0.0.1:${proxy.port}`, { client })
  await opened.store.get('any')
  return { ...opened, proxy }
}

describe.each([
  ['a RedisClient of Bun', {}],
  ['one that sends each command by itself', { enableAutoPipelining: false }],
])('through %s', (_what, client) => {
  conformanceInBun('RedisSessionStore', (prefix) => {
    const opened = bun.open('redis', server.url, { client, store: { prefix: `${prefix}:` } })
    return { store: opened.store, end: () => opened.client('close') }
  })
})

test('texts come back as they were, whatever characters they are of', async () => {
  const { store } = open()
  for (const text of [
    '\uFEFFann',
    'é',
    'ÿ',
    '👤',
    '\u2028',
    'a\u0000b',
    'a\r\nb',
    `${'x'.repeat(60_000)}é`,
  ]) {
    const record = recordOf('text', { user: text, data: JSON.stringify({ text }) })
    await store.set('text', record, { ttl: HOUR })
    expect(await store.get('text')).toEqual(record)
    expect(await store.listByUser(text)).toEqual([record])
    expect(await store.destroyByUser(text)).toBe(1)
  }
})

test('what the app has put under a key of the store, in bytes that are no text, is no session', async () => {
  const { store } = open()
  await server.ask('EVAL', "redis.call('SET', 'coatcheck:session:bytes', '\\255\\254\\0')", '0')
  expect(await store.get('bytes')).toBeNull()
  expect(await store.replace('bytes', recordOf('bytes'), { ttl: HOUR, revision: 1 })).toBe('conflict')
})

test('the database of the address is that of the store, also when the connection was lost', async () => {
  const { store, client } = open(`${server.url}/3`)
  await store.set('in-three', recordOf('in-three'), { ttl: HOUR })
  const id = String(await client('send', 'CLIENT', ['ID']))
  await server.ask('CLIENT', 'KILL', 'ID', id)
  expect(await store.get('in-three')).not.toBeNull()
  expect(await client('send', 'CLIENT', ['ID'])).not.toBe(id)
})

describe('a client that has given up', () => {
  test.each<[string, object, (proxy: TcpProxy) => void]>([
    ['as its server was away for too long', { maxRetries: 2 }, (proxy) => proxy.set({ kind: 'refuse' })],
    ['as it is not to reconnect', { autoReconnect: false }, (proxy) => proxy.set({ kind: 'refuse' })],
    ['as nobody asked it for anything', { idleTimeout: 300 }, () => {}],
  ])('%s, is connected again by what is asked next [P11]', async (_why, options, lose) => {
    const { store, client, proxy } = await openBehindProxy(options)
    const id = String(await client('send', 'CLIENT', ['ID']))
    lose(proxy)
    await until(async () => !`\n${await server.ask('CLIENT', 'LIST')}`.includes(`\nid=${id} `))
    await until(() =>
      client('send', 'PING', []).then(
        () => false,
        (error: Error) => error.message === 'Connection has failed',
      ),
    )
    proxy.set({ kind: 'pass' })
    const all = await Promise.all(['a', 'b', 'c'].map((key) => store.get(key)))
    expect(all).toEqual([null, null, null])
  })

  test('as nothing has come for its idleTimeout has its commands answered on a new connection [P11]', async () => {
    const { store, proxy } = await openBehindProxy({ idleTimeout: 300 })
    proxy.abandon()
    expect(await store.get('a')).toBeNull()
  })

  test('as its password is wrong, says so each time', async () => {
    const guarded = await startRedis({ args: ['--requirepass', 'right'], password: 'right' })
    onTestFinished(() => guarded.stop())
    for (const [login, message] of [
      [':wrong-one@', /refused the login/],
      ['', /asks for a login/],
    ] as const) {
      const { store } = open(guarded.url.replace('//', `//${login}`))
      for (let time = 0; time < 3; time++) {
        const error = await Promise.resolve(store.get('a')).catch((thrown: Error) => thrown)
        expect(error).toMatchObject({ message: expect.stringMatching(message) })
        expect(error).not.toMatchObject({ message: expect.stringContaining('wrong-one') })
      }
    }
  })
})

describe('what is wrong is said, with what to do about it:', () => {
  test('a server that is not there', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`
    for (const client of [{ maxRetries: 1 }, { enableOfflineQueue: false }]) {
      const { store } = open(url, { client })
      for (let time = 0; time < 2; time++)
        await expect(store.get('a')).rejects.toThrow(/cannot be reached: check the address/)
    }
  })

  test('one that does not answer', async () => {
    const proxy = await startTcpProxy(server.port)
    onTestFinished(() => proxy.close())
    proxy.set({ kind: 'blackhole' })
    const { store } = open(`redis://127.0.0.1:${proxy.port}`, {
      client: { connectionTimeout: 100, maxRetries: 1 },
    })
    await expect(store.get('a')).rejects.toThrow(/cannot be reached: check the address/)
  })

  test.each(['cut', 'reset'] as const)(
    'a connection that is %s before the answer is through',
    async (kind) => {
      const { store, proxy } = await openBehindProxy({})
      proxy.set({ kind })
      const record = recordOf('a', { data: '{"password":"hunter2"}' })
      const error = await Promise.resolve(store.create('a', record, { ttl: HOUR })).catch(
        (thrown: Error) => thrown,
      )
      expect(error).toMatchObject({
        message: expect.stringMatching(/^The connection to Redis broke before the answer/),
        shown: expect.not.stringContaining('hunter2'),
      })
    },
  )

  test('a node of a Cluster', async () => {
    const cluster = await startRedisCluster()
    onTestFinished(() => cluster.stop())
    const [node] = cluster.nodes
    const { store } = open(node?.url)
    const asked = Array.from({ length: 20 }, (_, id) => store.get(`id-${id}`))
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.map(({ status }) => status)).toContain('rejected')
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({
          message: expect.stringMatching(/part of a Redis Cluster.*Bun speaks to one server/),
        })
    }
  })

  test('cache, of which Bun passes nothing on', async () => {
    const { made } = bun.open('redis', server.url, { store: { cache: { maxEntries: 10 } } })
    await expect(made).rejects.toMatchObject({
      code: 'ERR_STORE_UNSUPPORTED',
      message: expect.stringContaining('RedisClient of Bun'),
    })
  })
})

test('an app on it serves sessions, and a revocation ends them [P4]', async () => {
  const { store } = open(server.url, { store: { prefix: 'app:' } })
  const sessions = createSessions({ secret: 'a secret of these tests: 0123456789', store })
  const passage = await sessions.open('')
  passage.session.userId = 'ann'
  const cookie = (await passage.commit())?.setCookie?.split(';')[0] ?? ''
  expect((await sessions.open(cookie)).session.toJSON()).toEqual({ userId: 'ann' })
  expect(await sessions.user('ann').revoke()).toBe(1)
  expect((await sessions.open(cookie)).session.toJSON()).toEqual({})
})
