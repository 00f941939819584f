import mysql from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { sqlFaults } from '../../faults/sql-faults.ts'
import { freePort } from '../../servers/free-port.ts'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'
import { startTcpProxy } from '../../servers/tcp-proxy.ts'
import { conformanceInBun } from '../bun/conformance-in-bun.ts'
import { openSqlInBun } from '../bun/sql-in-bun.ts'
import { type BunProcess, startBun } from '../bun/start-bun.ts'
import { cleanupSuite } from '../sql/cleanup-suite.ts'
import { contentionSuite } from '../sql/contention-suite.ts'
import { recordsComeBack } from '../sql/records-come-back.ts'
import { revokeSuite } from '../sql/revoke-suite.ts'
import { setUpSuite } from '../sql/set-up-suite.ts'
import type { SqlServer } from '../sql/sql-subject.ts'
import { statementsSuite } from '../sql/statements-suite.ts'
import { startMysqlSubject } from './subject.ts'

const NAME = 'MysqlSessionStore through a SQL of Bun'
const LIFE = { ttl: 3_600_000 }
/** Set up for an application's own needs: names of columns in capitals, big numbers as bigints. */
const ODD = { max: 4, bigint: true, transform: true }

let bun: BunProcess
let server: MariadbServer
beforeAll(async () => {
  bun = startBun()
  server = await startMariadb()
})
afterAll(async () => {
  await bun?.stop()
  await server?.stop()
})

const direct = (): string => server.url
const asMariadb = (): string => server.url.replace('mysql:', 'mariadb:')

describe.each([
  ['a SQL of Bun', direct, { max: 4 }],
  ['an odd SQL of Bun, for MariaDB', asMariadb, ODD],
  ['a SQL of Bun that counts the rows it finds', direct, { max: 4, foundRows: true }],
])('through %s', (_what, url, client) => {
  conformanceInBun(
    'MysqlSessionStore',
    (table) => openSqlInBun(bun, 'mysql', url(), { client, store: { table } }),
    ({ store }) => store.migrate(),
  )
})

test('on an odd SQL of Bun, a record comes back as it was', async () => {
  const { store, end } = openSqlInBun(bun, 'mysql', asMariadb(), { client: { ...ODD, max: 1 } })
  await store.migrate()
  await recordsComeBack(store)
  await server.ask('DROP TABLE coatcheck_sessions')
  await end()
})

test.each([true, false])(
  'a record that is written as it stands is written, whether rows are counted when found (%s) or changed',
  async (foundRows) => {
    const { store, end } = openSqlInBun(bun, 'mysql', direct(), { client: { foundRows } })
    await store.migrate()
    const record = newRecord({ revision: 2 })
    await store.create(record.id, record, LIFE)
    // Its row is given the lifetime that it has: as if both writes had come in the same millisecond.
    await server.ask(
      'CREATE TRIGGER still BEFORE UPDATE ON coatcheck_sessions FOR EACH ROW SET NEW.dies_at = OLD.dies_at',
    )
    expect(await store.replace(record.id, record, { ...LIFE, revision: 2 })).toBe('written')
    expect(await store.replace(record.id, record, { ...LIFE, revision: 1 })).toBe('conflict')
    const { touchedAt, expiresAt } = record
    expect(await store.touch(record.id, { ...LIFE, touchedAt, expiresAt })).toBe(true)
    await server.ask('DROP TABLE coatcheck_sessions')
    await end()
  },
)

describe('a SQL of Bun is refused that is', () => {
  test.each([
    ['for PostgreSQL', 'postgres://h/d', 'give it to PostgresSessionStore'],
    ['for SQLite', 'sqlite://:memory:', 'new Database'],
  ])('%s [P12]', async (_what, url, message) => {
    await expect(bun.open('mysql', url).made).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringContaining(message),
    })
  })
})

describe('what is wrong is said as of other drivers:', () => {
  test.each<[string, () => string, string]>([
    ['a wrong password', () => server.url.replace('root@', 'root:wrong@'), 'the password is wrong'],
    ['no such database', () => `${server.url}_not`, 'this database is not there'],
    ['no database at all', () => asMariadb().replace('/coatcheck', ''), 'no database is chosen'],
  ])('%s', async (_what, url, message) => {
    const { store } = bun.open('mysql', url())
    const wrong = { code: 'ERR_CONFIG_INVALID', message: expect.stringContaining(message) }
    await expect(store.get('any')).rejects.toMatchObject(wrong)
    await expect(store.migrate()).rejects.toMatchObject(wrong)
  })

  test('a server that cannot be reached', async () => {
    const { store } = bun.open('mysql', `mysql://root@127.0.0.1:${await freePort()}/coatcheck`)
    await expect(store.get('any')).rejects.toMatchObject({
      code: 'ERR_MYSQL_CONNECTION_REFUSED',
      message: expect.stringContaining('cannot reach its server'),
    })
  })
})

test('a connection that leaves a statement without its answer is closed after queryTimeout, and another one takes its place', async () => {
  const proxy = await startTcpProxy(server.port)
  const url = server.url.replace(`:${server.port}`, `:${proxy.port}`)
  const options = { client: { max: 1 }, store: { queryTimeout: 1_000 } }
  const { store, client } = bun.open('mysql', url, options)
  await store.migrate()
  proxy.abandon()
  await expect(store.get('any')).rejects.toMatchObject({
    code: 'PROTOCOL_SEQUENCE_TIMEOUT',
    message: expect.stringContaining('within 1000 ms'),
  })
  expect(await store.get('any')).toBeNull()
  expect(proxy.connections).toBe(2)
  await client('close', { timeout: 0 })
  await proxy.close()
})

test("beside the app's own statements on one SQL a session waits for none of them", async () => {
  const { store, client } = bun.open('mysql', direct(), { client: { max: 3 } })
  await store.migrate()
  await Promise.all([store.get('a'), store.get('b'), store.get('c')])
  let over = false
  const slow = [1, 2].map(() => client('unsafe', 'SELECT SLEEP(0.5) WHERE 1 = ?', [1]))
  void Promise.all(slow).then(() => {
    over = true
  })
  const records = Array.from({ length: 8 }, () => newRecord())
  await Promise.all(records.map((record) => store.create(record.id, record, LIFE)))
  for (const record of records) expect(await store.get(record.id)).toEqual(record)
  expect(over).toBe(false)
  await Promise.all(slow)
  await client('close')
})

describe('on a server that counts,', () => {
  let counting: SqlServer
  let contended: SqlServer
  beforeAll(async () => {
    const pool = mysql.createPool(server.url)
    const schema = new MysqlSessionStore(pool).schema()
    const start = (): Promise<SqlServer> =>
      startMysqlSubject(true, (url, options) =>
        openSqlInBun(bun, 'mysql', url, { client: { max: 4 }, store: options, schema }),
      )
    counting = await start()
    contended = await start()
    await contended.ask("SET GLOBAL tx_isolation = 'SERIALIZABLE'")
    await contended.ask('SET GLOBAL innodb_snapshot_isolation = ON')
  })
  afterAll(async () => {
    await counting?.stop()
    await contended?.stop()
  })

  const subject = { name: NAME, server: () => counting }
  setUpSuite(subject) // first: it needs a database without the table
  statementsSuite(subject)
  cleanupSuite(subject)
  revokeSuite(subject)
  contentionSuite(
    { name: `${NAME}, under SERIALIZABLE with innodb_snapshot_isolation`, server: () => contended },
    'CREATE TRIGGER slow BEFORE UPDATE ON coatcheck_sessions FOR EACH ROW DO SLEEP(0.005)',
  )
})

sqlFaults({
  name: NAME,
  start: startMariadb,
  connect: (port) => openSqlInBun(bun, 'mysql', `mysql://root@127.0.0.1:${port}/coatcheck`),
})
