import mysql from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../../src/core/record.ts'
import { MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { newRecord, newUser } from '../../../src/testing/sample-records.ts'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'
import { until } from '../sql/until.ts'

const LIFE = { ttl: 3_600_000 }
const BATCH = 500

let server: MariadbServer
let pool: mysql.Pool
let store: MysqlSessionStore
beforeAll(async () => {
  server = await startMariadb()
})
afterAll(() => server?.stop())

/** Changes settings of the server, and has a store for each test whose connections come afterwards. */
function withSettings(settings: Readonly<Record<string, string>>): void {
  beforeAll(async () => {
    for (const [name, value] of Object.entries(settings)) await server.ask(`SET GLOBAL ${name} = ${value}`)
  })
  afterAll(async () => {
    for (const name of Object.keys(settings)) await server.ask(`SET GLOBAL ${name} = DEFAULT`)
  })
  beforeEach(async () => {
    pool = mysql.createPool({ uri: server.url, connectionLimit: 4 })
    store = new MysqlSessionStore(pool, { cleanupInterval: false })
    await store.migrate()
    await server.ask('TRUNCATE TABLE coatcheck_sessions')
  })
  afterEach(() => pool.end())
}

describe('Under SERIALIZABLE with innodb_snapshot_isolation', () => {
  withSettings({ tx_isolation: "'SERIALIZABLE'", innodb_snapshot_isolation: 'ON' })

  const operations: [string, (record: SessionRecord) => unknown, unknown][] = [
    ['set', (record) => store.set(record.id, record, LIFE), undefined],
    ['create', (record) => store.create(record.id, record, LIFE), false],
    ['replace', (record) => store.replace(record.id, record, { ...LIFE, revision: 1 }), 'written'],
    ['an end', (record) => store.replace(record.id, record, { ttl: 0, revision: 1 }), 'written'],
    ['touch', (record) => store.touch(record.id, { ...LIFE, touchedAt: 1, expiresAt: 2 }), true],
    ['destroy', (record) => store.destroy(record.id), undefined],
    ['destroyByUser', (record) => store.destroyByUser(record.user ?? ''), 1],
  ]
  test.each(operations)(
    '%s of a row that changed while it waited is sent again',
    async (_name, work, answer) => {
      const record = newRecord({ user: newUser() })
      await store.set(record.id, record, LIFE)
      const writer = await mysql.createConnection(server.url)
      await writer.query('BEGIN')
      await writer.query('UPDATE coatcheck_sessions SET touched_at = touched_at + 1 WHERE id = ?', [
        record.id,
      ])
      const working = Promise.resolve(work(record))
      await Promise.race([working, until(isWaiting)])
      await writer.query('COMMIT')
      await writer.end()
      expect(await working).toBe(answer)
    },
  )

  async function isWaiting(): Promise<boolean> {
    const [row] = await server.ask("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")
    return Object.values(row ?? {})[1] !== '0'
  }
})

describe('With sql_safe_updates', () => {
  withSettings({ sql_safe_updates: '1' })

  test('expired rows are deleted all the same, in batches, and sessions revoked', async () => {
    const expired = Array.from({ length: BATCH + 10 }, () => newRecord())
    await Promise.all(expired.map((record) => store.set(record.id, record, { ttl: 1 })))
    const live = Array.from({ length: 20 }, () => newRecord({ user: 'ann' }))
    await Promise.all(live.map((record) => store.set(record.id, record, LIFE)))
    await until(async () => (await store.count()) === live.length)
    expect(await store.deleteExpired()).toBe(expired.length)
    expect(await store.destroyByUser('ann')).toBe(live.length)
    expect(await server.ask('SELECT id FROM coatcheck_sessions')).toEqual([])
  })
})

describe('With EMPTY_STRING_IS_NULL', () => {
  withSettings({ sql_mode: "'ORACLE,EMPTY_STRING_IS_NULL'" })

  test("a user's sessions are revoked, and a walk finds what is there [P4]", async () => {
    const records = Array.from({ length: 3 }, () => newRecord({ user: 'ann' }))
    for (const record of records) await store.create(record.id, record, LIFE)
    expect((await store.entries({ limit: 2 })).records).toHaveLength(2)
    expect(await store.destroyByUser('ann')).toBe(3)
    expect((await store.entries()).records).toEqual([])
  })
})

describe('With autocommit off', () => {
  beforeAll(() => server.ask('SET GLOBAL autocommit = 0'))
  afterAll(() => server.ask('SET GLOBAL autocommit = DEFAULT'))

  test('a store does not start: what it writes would never be committed [P2] [P12]', async () => {
    const client = mysql.createPool(server.url)
    await expect(new MysqlSessionStore(client, { table: 'uncommitted' }).migrate()).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringMatching(/autocommit.*SET autocommit = 1/),
    })
    await client.end()
    expect(await server.ask("SHOW TABLES LIKE 'uncommitted'")).toEqual([])
  })

  test('one whose own connections switch it on starts', async () => {
    const client = mysql.createPool({ uri: server.url, connectionLimit: 1 })
    await client.query('SET autocommit = 1')
    await expect(new MysqlSessionStore(client).migrate()).resolves.toBeUndefined()
    await client.end()
  })
})

describe('With another character set', () => {
  const refused = {
    name: 'ConfigError',
    code: 'ERR_CONFIG_INVALID',
    message: expect.stringMatching(/character set.*utf8mb4/),
  }

  test.each(['latin1', 'utf8', 'gbk', 'binary'])(
    '%s, a store does not start: texts would be changed on their way [P12]',
    async (charset) => {
      const client = mysql.createPool({ uri: server.url, charset })
      const store = new MysqlSessionStore(client, { table: 'garbled' })
      await expect(store.migrate()).rejects.toMatchObject(refused)
      await client.end()
      expect(await server.ask("SHOW TABLES LIKE 'garbled'")).toEqual([])
    },
  )

  test.each(['client', 'connection', 'results'])(
    'for the %s alone, it does not either [P12]',
    async (part) => {
      const client = mysql.createPool({ uri: server.url, connectionLimit: 1 })
      await client.query(`SET character_set_${part} = latin1`)
      await expect(new MysqlSessionStore(client).migrate()).rejects.toMatchObject(refused)
      await client.end()
    },
  )

  test('with utf8mb4 in another collation, or results as they are kept, it starts', async () => {
    const client = mysql.createPool({ uri: server.url, connectionLimit: 1, charset: 'utf8mb4_bin' })
    await client.query('SET character_set_results = NULL')
    await expect(new MysqlSessionStore(client).migrate()).resolves.toBeUndefined()
    await client.end()
  })
})
