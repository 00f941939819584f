import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type Client, createClient } from '@libsql/client'
import { createClient as createServerlessClient } from '@tursodatabase/serverless/compat'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSessions } from '../../../src/core/sessions.ts'
import { type LibsqlClient, LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { freePort } from '../../servers/free-port.ts'
import { type SqldServer, startSqld } from '../../servers/sqld.ts'
import { temporaryFolder } from '../../servers/start-process.ts'
import { serveSqld } from './served.ts'

const LIFE = { ttl: 3_600_000 }
const server = serveSqld()

function configError(message: string): object {
  return { name: 'ConfigError', code: 'ERR_CONFIG_INVALID', message: expect.stringContaining(message) }
}

const ways: readonly [
  string,
  (url: (scheme: 'http' | 'ws') => string, authToken?: string) => LibsqlClient,
][] = [
  ['HTTP', (url, authToken = '') => createClient({ url: url('http'), authToken })],
  ['WebSockets', (url, authToken = '') => createClient({ url: url('ws'), authToken })],
  [
    "Turso's serverless driver",
    (url, authToken = '') => createServerlessClient({ url: url('http'), authToken }),
  ],
]

describe.each(ways)('over %s', (_way, open) => {
  test('a table that is missing is told of with the ways to make it', async () => {
    const store = new LibsqlSessionStore(open(server().url), { table: 'missing' })
    const record = newRecord()
    const fix = configError('await store.migrate()')
    await expect(store.get('any')).rejects.toMatchObject(fix)
    await expect(store.create(record.id, record, LIFE)).rejects.toMatchObject(fix)
    await expect(store.deleteExpired()).rejects.toMatchObject(fix)
  })

  test('a server that cannot be reached is an error, never no session [P4]', async () => {
    const port = await freePort()
    const store = new LibsqlSessionStore(open((scheme) => `${scheme}://127.0.0.1:${port}`))
    await expect(store.get('any')).rejects.toThrow('ECONNREFUSED')
  })

  test('an error holds nothing of the session that was to be written', async () => {
    const store = new LibsqlSessionStore(open(server().url), { table: 'guarded' })
    await store.migrate()
    const guard =
      "CREATE TRIGGER IF NOT EXISTS guard BEFORE INSERT ON guarded BEGIN SELECT raise(ABORT, 'not now'); END"
    await createClient({ url: server().url('http') }).execute(guard)
    const record = newRecord({ user: 'the-user', data: '{"card":"the-data"}' })
    const error: unknown = await store.create(record.id, record, LIFE).catch((thrown: unknown) => thrown)
    const shown = inspect(error, { depth: 10, showHidden: true })
    expect(shown).toContain('not now')
    for (const secret of [record.id, 'the-user', 'the-data']) expect(shown).not.toContain(secret)
  })
})

describe('a server that asks for a token', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  let folder = ''
  let guarded: SqldServer
  beforeAll(async () => {
    folder = temporaryFolder('libsql-key')
    const path = join(folder, 'public.pem')
    writeFileSync(path, publicKey.export({ type: 'spki', format: 'pem' }))
    guarded = await startSqld(path)
    const whole = createClient({ url: guarded.url('http'), authToken: token({ a: 'rw' }) })
    await new LibsqlSessionStore(whole).migrate()
  })
  afterAll(async () => {
    await guarded?.stop()
    rmSync(folder, { recursive: true })
  })

  function token(claims: object): string {
    const parts = [{ alg: 'EdDSA', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    )
    const key = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    return `${parts.join('.')}.${sign(null, Buffer.from(parts.join('.')), key).toString('base64url')}`
  }

  test.each([ways[0], ways[2]].flatMap((way) => (way ? [way] : [])))(
    'over %s is told of with the way to make one, and the token is not shown',
    async (_way, open) => {
      for (const authToken of ['no-token-at-all', token({ a: 'rw', exp: 1 })]) {
        const store = new LibsqlSessionStore(open(guarded.url, authToken))
        const error: unknown = await store.get('any').catch((thrown: unknown) => thrown)
        expect(error).toMatchObject(configError('turso db tokens create'))
        expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(authToken)
      }
    },
  )

  test('over HTTP, one that may only read is told of when something is written', async () => {
    const store = new LibsqlSessionStore(
      createClient({ url: guarded.url('http'), authToken: token({ a: 'ro' }) }),
    )
    expect(await store.get('any')).toBeNull()
    await expect(store.destroy('any')).rejects.toMatchObject(configError('an authToken that may'))
  })
})

test('what is no libSQL server is told as that, without a word of what it answered', async () => {
  const page = createServer((_request, response) => response.end('<html>the-data</html>'))
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  const address = page.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const store = new LibsqlSessionStore(createClient({ url: `http://127.0.0.1:${port}` }))
  const error: unknown = await store.get('any').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    message: expect.stringContaining('Check that a libSQL server is at the url'),
  })
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('the-data')
  page.closeAllConnections()
  page.close()
})

describe('migrate() names its own cause and fix:', () => {
  let client: Client
  beforeAll(() => {
    client = createClient({ url: server().url('http') })
  })
  const storeOn = (table: string): LibsqlSessionStore => new LibsqlSessionStore(client, { table })

  test('a table by something else', async () => {
    await client.execute('CREATE TABLE strange (sid TEXT)')
    await expect(storeOn('strange').migrate()).rejects.toMatchObject(configError('made by something else'))
  })

  test('a name that is SQLite’s', async () => {
    await expect(storeOn('sqlite_sessions').migrate()).rejects.toMatchObject(
      configError('begin with sqlite_'),
    )
  })

  test('a table of another store, which has no marks, when it is used', async () => {
    await storeOn('plain').migrate()
    await client.execute('ALTER TABLE plain DROP COLUMN marks')
    const record = newRecord()
    const creating = storeOn('plain').create(record.id, record, LIFE)
    await expect(creating).rejects.toMatchObject(configError('made by something else'))
  })

  test('a table put aside by another name, which keeps the names of its indexes', async () => {
    await storeOn('moved').migrate()
    await client.execute('ALTER TABLE moved RENAME TO old')
    await expect(storeOn('moved').migrate()).rejects.toMatchObject(
      configError('the table old has an index moved_user_id'),
    )
  })

  test('a table of a newer version, which is left as it was', async () => {
    await storeOn('newer').migrate()
    await client.execute("UPDATE coatcheck_schema SET version = 2 WHERE name = 'newer'")
    await client.execute('DROP INDEX newer_dies_at')
    await expect(storeOn('newer').migrate()).rejects.toMatchObject(configError('schema version 2'))
    const { rows } = await client.execute("SELECT name FROM sqlite_master WHERE name = 'newer_dies_at'")
    expect(rows).toEqual([])
  })
})

test('a client that is given as a store is refused, with the class that makes one of it [P12]', () => {
  const options = { secret: 'a secret of these tests: 0123456789', store: createClient({ url: ':memory:' }) }
  expect(() => Reflect.apply(createSessions, undefined, [options])).toThrow(
    expect.objectContaining(
      configError(
        "is a libSQL client; give new LibsqlSessionStore(…) around it, from 'coatcheck/stores/libsql'",
      ),
    ),
  )
})
