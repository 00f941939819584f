import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Redis, type RedisOptions } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisClient, RedisSessionStore } from '../../../src/stores/redis.ts'
import { freePort } from '../../servers/free-port.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { startTcpProxy } from '../../servers/tcp-proxy.ts'
import { until } from '../sql/until.ts'
import { HOUR, recordOf } from './records.ts'

const SECRET_DATA = 'hunter2-in-the-session'
const quiet = (): void => {}

/** Gives the error that this ends in, after checking that it does not tell what the session held. */
async function errorOf(work: unknown): Promise<Error> {
  const [outcome] = await Promise.allSettled([work])
  if (outcome.status === 'fulfilled' || !(outcome.reason instanceof Error))
    throw new Error('There was no error.')
  expect(inspected(outcome.reason)).not.toContain(SECRET_DATA)
  return outcome.reason
}

function loadError(client: RedisClient): Promise<Error> {
  return errorOf(new RedisSessionStore(client).get('a'))
}

function writeError(client: RedisClient): Promise<Error> {
  const record = recordOf('a', { data: JSON.stringify({ password: SECRET_DATA }) })
  return errorOf(new RedisSessionStore(client).create('a', record, { ttl: HOUR }))
}

function inspected(error: Error): string {
  return JSON.stringify([error.message, error.stack, error.cause, { ...error }])
}

describe('what is wrong is said, with what to do about it', () => {
  let server: RedisServer
  let guarded: RedisServer
  let replica: RedisServer
  let clustered: RedisServer

  beforeAll(async () => {
    ;[server, guarded] = await Promise.all([
      startRedis(),
      startRedis({ args: ['--requirepass', 'right'], password: 'right' }),
    ])
    ;[replica, clustered] = await Promise.all([
      startRedis({ args: ['--replicaof', '127.0.0.1', String(server.port)] }),
      startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())] }),
    ])
  })
  afterAll(() => Promise.all([server, guarded, replica, clustered].map((each) => each.stop())))

  async function connected(
    options: Parameters<typeof createClient>[0],
  ): Promise<ReturnType<typeof createClient>> {
    const client = createClient(options)
    client.on('error', quiet)
    await client.connect()
    return client
  }

  function ioRedis(options: Omit<RedisOptions, 'replyMapping'>): Redis {
    return new Redis({ host: '127.0.0.1', ...options }).on('error', quiet)
  }

  test('a node-redis client that nobody connected', async () => {
    const client = createClient({ url: server.url })
    for (const error of [await loadError(client), await writeError(client)])
      expect(error.message).toMatch(/call `await client\.connect\(\)` before the first/)
  })

  test('a client that was closed', async () => {
    const closed = await connected({ url: server.url })
    closed.destroy()
    const disconnected = ioRedis({ port: server.port, lazyConnect: true })
    await disconnected.connect()
    disconnected.disconnect()
    for (const client of [closed, disconnected]) {
      expect((await loadError(client)).message).toMatch(/not connected/)
      expect((await writeError(client)).message).toMatch(/not connected/)
    }
  })

  test('a missing password, and a wrong one', async () => {
    const without = ioRedis({ port: guarded.port })
    expect((await writeError(without)).message).toMatch(
      /asks for a login: give the client its password, the right one/,
    )
    without.disconnect()
    const wrong = ioRedis({ port: guarded.port, password: 'wrong-one' })
    const error = await writeError(wrong)
    expect(error.message).toMatch(/password/)
    expect(inspected(error)).not.toContain('wrong-one')
    wrong.disconnect()
  })

  test('a user without the permissions', async () => {
    await server.ask('ACL', 'SETUSER', 'narrow', 'on', '>secret', '~*', '+@connection', '+get')
    const client = await connected({ url: server.url, username: 'narrow', password: 'secret' })
    expect((await writeError(client)).message).toMatch(/lacks a permission.*\+evalsha/)
    client.destroy()
  })

  test('the permissions that the message names are enough', async () => {
    await server.ask(
      'ACL',
      'SETUSER',
      'just',
      'on',
      '>secret',
      '~coatcheck:*',
      '+@connection',
      ...NAMED_PERMISSIONS,
    )
    const client = await connected({ url: server.url, username: 'just', password: 'secret' })
    const store = new RedisSessionStore(client)
    await store.create('a', recordOf('a', { user: 'ann' }), { ttl: HOUR })
    await store.replace('a', recordOf('a', { user: 'ann', revision: 2 }), { ttl: HOUR * 3, revision: 1 })
    await store.touch('a', { ttl: HOUR * 9, touchedAt: 1, expiresAt: 2 })
    await store.set('b', recordOf('b', { user: 'ann' }), { ttl: HOUR })
    expect(await store.create('b', recordOf('b'), { ttl: 0 })).toBe(false)
    expect(await store.count()).toBe(2)
    expect((await store.entries()).records).toHaveLength(2)
    expect(await store.replace('b', recordOf('b'), { ttl: 0, revision: 1 })).toBe('written')
    expect(await store.listByUser('ann')).toHaveLength(1)
    expect(await store.destroyByUser('ann')).toBe(1)
    await store.destroy('a')
    client.destroy()
  })

  test('a replica', async () => {
    const client = await connected({ url: replica.url })
    expect((await writeError(client)).message).toMatch(
      /is a replica, which refuses writes: connect to the master/,
    )
    client.destroy()
  })

  test('a plain client on a node of a Cluster', async () => {
    const client = await connected({ url: clustered.url })
    expect((await loadError(client)).message).toMatch(/Redis Cluster/)
    client.destroy()
  })

  test('a server that is full', async () => {
    await server.ask('CONFIG', 'SET', 'maxmemory', '1')
    try {
      const client = await connected({ url: server.url })
      const { message } = await writeError(client)
      expect(message).toMatch(/reached its maxmemory: raise it.*maxmemory-policy at noeviction/)
      expect(message).not.toMatch(/volatile/)
      client.destroy()
    } finally {
      await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    }
  })

  test('a server that has too few replicas to take writes', async () => {
    const client = await connected({ url: server.url })
    await server.ask('CONFIG', 'SET', 'min-replicas-to-write', '9')
    try {
      expect((await writeError(client)).message).toMatch(/^Too few replicas.*lower min-replicas-to-write/)
    } finally {
      await server.ask('CONFIG', 'SET', 'min-replicas-to-write', '0')
      client.destroy()
    }
  })

  describe('a server of its own:', () => {
    let own: RedisServer
    let client: ReturnType<typeof createClient>
    beforeEach(async () => {
      own = await startRedis()
      client = await connected({ url: own.url })
    })
    afterEach(async () => {
      client.destroy()
      await own.stop()
    })

    test('a replica that has lost its master and gives out nothing', async () => {
      await own.ask('CONFIG', 'SET', 'replica-serve-stale-data', 'no')
      await own.ask('REPLICAOF', '127.0.0.1', String(await freePort()))
      expect((await loadError(client)).message).toMatch(
        /^This server is a replica, and has lost its master: connect to the master/,
      )
    })

    test('one that cannot save to its disk', async () => {
      const { dir = '' } = await client.configGet('dir')
      mkdirSync(join(dir, 'dump.rdb')) // where its file goes
      await own.ask('CONFIG', 'SET', 'save', '3600 1')
      await own.ask('BGSAVE')
      await until(async () => String(await own.ask('INFO', 'persistence')).includes('bgsave_status:err'))
      expect((await writeError(client)).message).toMatch(/^Redis cannot save.*refuses writes.*space/)
    })

    test('one that a script keeps busy', async () => {
      await own.ask('CONFIG', 'SET', 'lua-time-limit', '10')
      const endless = errorOf(own.ask('EVAL', 'while true do end', '0'))
      await until(() =>
        own.ask('PING').then(
          () => false,
          (error: Error) => error.message.startsWith('BUSY'),
        ),
      )
      const errors = [await loadError(client), await writeError(client)]
      await own.ask('SCRIPT', 'KILL')
      await endless
      for (const error of errors) expect(error.message).toMatch(/^Redis serves nobody.*SCRIPT KILL/)
    })
  })

  test.each([
    ['closed', 'cut', 'Socket closed unexpectedly'],
    ['reset', 'reset', 'ECONNRESET'],
  ] as const)('a connection that is %s before the answer is through', async (_how, kind, said) => {
    const proxy = await startTcpProxy(server.port)
    const client = await connected({
      socket: { host: '127.0.0.1', port: proxy.port, reconnectStrategy: () => 10 },
    })
    proxy.set({ kind })
    const { message } = await writeError(client)
    expect(message).toMatch(/^The connection to Redis broke before the answer/)
    expect(message).toContain(said)
    client.destroy()
    await proxy.close()
  })

  test('a server that is not there', async () => {
    const port = await freePort()
    const refused = ioRedis({ port, maxRetriesPerRequest: 0, retryStrategy: () => 10 })
    expect((await loadError(refused)).message).toMatch(/cannot be reached: check the address/)
    refused.disconnect()
    const offline = createClient({
      socket: { host: '127.0.0.1', port, reconnectStrategy: () => 10 },
      disableOfflineQueue: true,
    })
    offline.on('error', quiet)
    const connecting = offline.connect().catch(quiet)
    expect((await loadError(offline)).message).toMatch(/cannot be reached: check the address/)
    offline.destroy()
    await connecting
  })
})

const NAMED_PERMISSIONS =
  '+get +set +exists +setrange +getrange +del +pexpire +pexpireat +eval +evalsha +time +scan +dbsize +@sortedset'.split(
    ' ',
  )
