import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@libsql/client'
import { createClient as createServerlessClient } from '@tursodatabase/serverless/compat'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { PROGRAMS } from '../../runtimes/programs.ts'
import { startTcpProxy, type TcpProxy } from '../../servers/tcp-proxy.ts'
import { serveSqld } from './served.ts'

const LIFE = { ttl: 3_600_000 }
const server = serveSqld()

let direct: LibsqlSessionStore
let proxy: TcpProxy
beforeEach(async () => {
  direct = new LibsqlSessionStore(createClient({ url: server().url('http') }))
  await direct.migrate()
  proxy = await startTcpProxy(server().port)
})
afterEach(() => proxy.close())

/** A client whose every request is sent and run twice, and which is told of the second time, as on Deno. */
function twice() {
  return createClient({
    url: server().url('http'),
    fetch: async (request: Request) => {
      await (await fetch(request.clone())).arrayBuffer()
      return fetch(request)
    },
  })
}

describe('when each request comes twice and the second answer is told,', () => {
  let store: LibsqlSessionStore
  beforeEach(() => {
    store = new LibsqlSessionStore(twice())
  })

  test('what was begun is begun, and a taken id stays taken', async () => {
    const record = newRecord()
    expect(await store.create(record.id, record, LIFE)).toBe(true)
    expect(await direct.get(record.id)).toEqual(record)
    expect(await store.create(record.id, newRecord(), LIFE)).toBe(false)
    expect(await direct.get(record.id)).toEqual(record)
  })

  test('what was written is no conflict with itself, and one with another is [P3]', async () => {
    const record = newRecord()
    await store.create(record.id, record, LIFE)
    const after = { ...record, revision: 2, data: '{"n":2}' }
    expect(await store.replace(record.id, after, { ...LIFE, revision: 1 })).toBe('written')
    expect(await store.replace(record.id, after, { ...LIFE, revision: 1 })).toBe('conflict')
    expect(await direct.get(record.id)).toEqual(after)
  })

  test('what was ended is not told as missing, and what another has ended is [P4]', async () => {
    const record = newRecord()
    await store.create(record.id, record, LIFE)
    expect(await store.replace(record.id, record, { ttl: 0, revision: 1 })).toBe('written')
    expect(await direct.get(record.id)).toBeNull()
    expect(await store.replace(record.id, record, { ttl: 0, revision: 1 })).toBe('missing')
    expect(await store.replace(record.id, record, { ...LIFE, revision: 1 })).toBe('missing')
    expect(await store.touch(record.id, { ...LIFE, touchedAt: 1, expiresAt: 1 })).toBe(false)
    expect(await direct.count()).toBe(await direct.entries().then(({ records }) => records.length))
  })
})

describe('what is sent again after others have written', () => {
  /** A client whose next request is run, and sent again once `meanwhile` is over. */
  function again(meanwhile: () => Promise<unknown>) {
    let isFirst = true
    return createClient({
      url: server().url('http'),
      fetch: async (request: Request) => {
        if (!isFirst) return fetch(request)
        isFirst = false
        await (await fetch(request.clone())).arrayBuffer()
        await meanwhile()
        return fetch(request)
      },
    })
  }

  test.each([1, 2, 3])('%i times is known as written', async (times) => {
    const record = newRecord()
    await direct.create(record.id, record, LIFE)
    const client = again(async () => {
      for (let revision = 2; revision < 2 + times; revision++)
        await direct.replace(record.id, { ...record, revision: revision + 1 }, { ...LIFE, revision })
    })
    const after = { ...record, revision: 2 }
    expect(await new LibsqlSessionStore(client).replace(record.id, after, { ...LIFE, revision: 1 })).toBe(
      'written',
    )
    expect(await direct.get(record.id)).toMatchObject({ revision: 2 + times })
  })

  test('brings no ended session back [P4]', async () => {
    const record = newRecord()
    // Whose clock is behind: to the others, what it ends has ended before it began.
    const behind = new LibsqlSessionStore(createClient({ url: server().url('http') }), {
      now: () => Date.now() - 60_000,
    })
    const begun = again(async () => behind.replace(record.id, record, { ttl: 0, revision: 1 }))
    await new LibsqlSessionStore(begun, { cleanupInterval: false }).create(record.id, record, LIFE)
    expect(await direct.get(record.id)).toBeNull()
    const other = newRecord()
    await direct.create(other.id, other, LIFE)
    const written = again(async () => direct.destroy(other.id))
    const after = { ...other, revision: 2 }
    expect(await new LibsqlSessionStore(written).replace(other.id, after, { ...LIFE, revision: 1 })).toBe(
      'missing',
    )
    expect(await direct.get(other.id)).toBeNull()
  })
})

describe.each([
  ['HTTP', () => createClient({ url: `http://127.0.0.1:${proxy.port}` })],
  ['WebSockets', () => createClient({ url: `ws://127.0.0.1:${proxy.port}` })],
  ["Turso's serverless driver", () => createServerlessClient({ url: `http://127.0.0.1:${proxy.port}` })],
])('over %s,', (_way, open) => {
  test.each(['reset', 'cut'] as const)(
    'an answer that is lost (%s) is an error, nothing is done twice, and the next statement finds its way',
    async (kind) => {
      const client = open()
      const store = new LibsqlSessionStore(client)
      const record = newRecord()
      await store.create(record.id, record, LIFE)
      proxy.set({ kind })
      const after = { ...record, revision: 2 }
      await expect(store.replace(record.id, after, { ...LIFE, revision: 1 })).rejects.toThrow()
      await expect(store.get(record.id)).rejects.toThrow()
      proxy.set({ kind: 'pass' })
      expect((await store.get(record.id))?.revision).toBeLessThanOrEqual(2)
      client.close()
    },
  )

  test('a server that starts again is found again', async () => {
    const client = open()
    const store = new LibsqlSessionStore(client)
    const record = newRecord()
    await store.create(record.id, record, LIFE)
    await server().restart()
    await store.get(record.id).catch(() => {}) // a connection of before may be used once
    expect(await store.get(record.id)).toEqual(record)
    client.close()
  })
})

test('a stream that the server has given up is begun anew, without an error', async () => {
  // As sqld says it after ten seconds without a statement; waiting for that here would hold up the tests.
  let isExpired = false
  const front = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const expired = isExpired
    isExpired = false
    const answer = expired
      ? Response.json(
          { message: 'The stream has expired due to inactivity', code: 'STREAM_EXPIRED' },
          { status: 400 },
        )
      : await fetch(`${server().url('http')}${request.url}`, { method: 'POST', body })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  const address = front.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const client = createServerlessClient({ url: `http://127.0.0.1:${port}` })
  const store = new LibsqlSessionStore(client)
  const record = newRecord()
  await store.create(record.id, record, LIFE)
  isExpired = true
  expect(await store.get(record.id)).toEqual(record)
  expect(isExpired).toBe(false)
  isExpired = true
  expect(await store.touch(record.id, { ...LIFE, touchedAt: 1, expiresAt: 2 })).toBe(true)
  front.closeAllConnections()
  front.close()
})

test.skipIf(!existsSync(PROGRAMS.deno))(
  'on Deno, which sends a request again whose answer got lost, each write counts once',
  async () => {
    const program = join(import.meta.dirname, 'deno-main.ts')
    const { stdout } = await promisify(execFile)(
      PROGRAMS.deno,
      ['run', '--allow-all', '--no-lock', program, String(server().port)],
      {
        timeout: 25_000,
      },
    )
    expect(JSON.parse(stdout)).toEqual({
      created: true,
      replaced: 'written',
      ended: 'written',
      requests: 'sent again',
    })
  },
)
