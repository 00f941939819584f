import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSessions, type Sessions } from '../../../src/core/sessions.ts'
import { CREATE, DESTROY_REVISION, REPLACE } from '../../../src/stores/redis/record-scripts.ts'
import type { Script } from '../../../src/stores/redis/script.ts'
import { type RedisClient, RedisSessionStore } from '../../../src/stores/redis.ts'
import { request } from '../../faults/traffic.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { startTcpProxy, type TcpProxy } from '../../servers/tcp-proxy.ts'
import { type OpenClient, openBunRedis, openNodeRedis } from './clients.ts'

function sessionsOn(client: RedisClient): Sessions {
  const store = new RedisSessionStore(client)
  return createSessions({ secret: 'a secret of these tests: 0123456789', store, storeTimeout: '10s' })
}

/** Lets the reply of a script be lost when it is sent, as often as it is asked for. */
type OnSend = (command: string, digest: string | undefined) => void

/** Clients of whom each command is heard before it is sent. */
const CLIENTS: Record<string, (port: number, onSend: OnSend) => Promise<OpenClient>> = {
  'ioredis, which sends the command again': async (port, onSend) => {
    const inner = new Redis({ host: '127.0.0.1', port })
    inner.on('error', () => {}) // the connection that is cut
    const client: RedisClient = {
      options: {},
      call: (name, args: (string | Buffer)[]) => {
        onSend(name, args[0]?.toString())
        return inner.call(name, args)
      },
    }
    return { client, close: async () => inner.disconnect() }
  },
  'node-redis, for which the store does': async (port, onSend) => {
    const client = createClient({
      socket: { host: '127.0.0.1', port, reconnectStrategy: () => 20 },
    })
    client.on('error', () => {}) // the connection that is cut
    await client.connect()
    const send = client.sendCommand.bind(client)
    Object.assign(client, {
      sendCommand: (command: string[]) => {
        onSend((command[0] ?? '').toLowerCase(), command[1])
        return send(command)
      },
    })
    return { client, close: async () => client.destroy() }
  },
  'Bun, for which the store does': (port, onSend) =>
    openBunRedis({ port }, (command, [first]) => onSend(command.toLowerCase(), first)),
}

// A connection is closed, or reset when the server is killed before it has read all.
const CASES = Object.entries(CLIENTS).flatMap(([driver, openClient]) =>
  (['cut', 'reset'] as const).map((kind) => ({ driver, openClient, kind })),
)

describe.each(CASES)('a reply that is lost, $kind, with $driver', ({ driver, openClient, kind }) => {
  let server: RedisServer
  let proxy: TcpProxy
  let cut: OpenClient
  let sessions: Sessions
  let direct: OpenClient
  let elsewhere: Sessions
  let toCut: Script | undefined

  beforeEach(async () => {
    server = await startRedis()
    proxy = await startTcpProxy(server.port)
    cut = await openClient(proxy.port, (command, digest) => {
      if (command !== 'evalsha' || digest !== toCut?.sha) return
      toCut = undefined
      proxy.set({ kind })
    })
    sessions = sessionsOn(cut.client)
    direct = await openNodeRedis(server)
    elsewhere = sessionsOn(direct.client)
    // So that the server knows the scripts.
    const cookie = await request(elsewhere, '', (session) => {
      session.count = 1
    })
    await request(elsewhere, cookie, (session) => session.count++)
    await request(elsewhere, cookie, (session) => {
      session.userId = 'warm'
    })
  })
  afterEach(async () => {
    toCut = undefined
    await cut.close()
    await direct.close()
    await proxy.close()
    await server.stop()
  })

  /** Does the work of a request with the reply of one script lost, and something else before the driver is back. */
  async function withReplyLost(
    lost: Script,
    work: () => Promise<string>,
    meanwhile: () => unknown,
  ): Promise<string> {
    const { connections } = proxy
    toCut = lost
    const working = work()
    // The driver comes back when the reply has been cut, and is cut off again for as long as this lasts.
    while (proxy.connections === connections) await delay(5)
    await meanwhile()
    proxy.set({ kind: 'pass' })
    return working
  }

  async function seenBy(browser: string): Promise<unknown> {
    let data: unknown
    await request(elsewhere, browser, (session) => {
      data = session.toJSON()
    })
    return data
  }

  test('of the end of the old id: the login stands [P2] [P5]', async () => {
    const cookie = await request(sessions, '', (session) => {
      session.cart = ['coat']
    })
    const login = (): Promise<string> =>
      request(sessions, cookie, (session) => {
        session.userId = 'ann'
      })
    const fresh = await withReplyLost(DESTROY_REVISION, login, () => {})
    expect(fresh).not.toBe(cookie)
    expect(await seenBy(fresh)).toEqual({ cart: ['coat'], userId: 'ann' })
    expect(await seenBy(cookie)).toEqual({})
  })

  // ioredis sends it again whatever the store would like.
  test.skipIf(driver.startsWith('ioredis'))(
    'of a new record: the login fails, and what was revoked meanwhile stays ended [P4]',
    async () => {
      const login = (): Promise<string> =>
        request(sessions, '', (session) => {
          session.userId = 'ada'
        }).catch((error: unknown) => String(Reflect.get(Object(error), 'code')))
      const outcome = await withReplyLost(CREATE, login, () => elsewhere.user('ada').revoke())
      expect(outcome).toBe('ERR_STORE_UNAVAILABLE')
      expect(await elsewhere.user('ada').list()).toEqual([])
    },
  )

  test('of an update: it counts once, also when others wrote meanwhile [P3]', async () => {
    const cookie = await request(sessions, '', (session) => {
      session.count = 0
    })
    const count = (by: Sessions): Promise<string> =>
      request(by, cookie, (session) =>
        session.update((draft) => {
          draft.count++
        }),
      )
    await withReplyLost(
      REPLACE,
      () => count(sessions),
      async () => {
        for (let i = 0; i < 3; i++) await count(elsewhere)
      },
    )
    expect(await seenBy(cookie)).toEqual({ count: 4 })
  })
})
