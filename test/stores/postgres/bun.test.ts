import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PostgresSessionStore } from '../../../src/stores/postgres.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { sqlFaults } from '../../faults/sql-faults.ts'
import { freePort } from '../../servers/free-port.ts'
import { type Pgbouncer, startPgbouncer } from '../../servers/pgbouncer.ts'
import { PASSWORD_ROLE, type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { conformanceInBun } from '../bun/conformance-in-bun.ts'
import { openSqlInBun } from '../bun/sql-in-bun.ts'
import { type BunProcess, type MakeOptions, startBun } from '../bun/start-bun.ts'
import { cleanupSuite } from '../sql/cleanup-suite.ts'
import { contentionSuite } from '../sql/contention-suite.ts'
import { recordsComeBack } from '../sql/records-come-back.ts'
import { revokeSuite } from '../sql/revoke-suite.ts'
import { setUpSuite } from '../sql/set-up-suite.ts'
import type { SqlServer } from '../sql/sql-subject.ts'
import { statementsSuite } from '../sql/statements-suite.ts'
import { startPostgresSubject } from './subject.ts'

const NAME = 'PostgresSessionStore through a SQL of Bun'
const PLAIN = { max: 4, prepare: false }
/** Set up for an application's own needs: names of columns in capitals, big numbers as bigints, prepared. */
const ODD = { client: { max: 4, bigint: true, transform: true }, store: { prepare: true } }
const LIFE = { ttl: 3_600_000 }

let bun: BunProcess
let server: PostgresServer
let pooler: Pgbouncer
beforeAll(async () => {
  bun = startBun()
  server = await startPostgres()
  pooler = await startPgbouncer(server.port)
})
afterAll(async () => {
  await bun?.stop()
  await pooler?.stop()
  await server?.stop()
})

/** Runs the suite on stores in Bun, on a new table for each case. */
function conformance(url: () => string, { client = {}, store = {} }: MakeOptions): void {
  conformanceInBun(
    'PostgresSessionStore',
    (table) => openSqlInBun(bun, 'postgres', url(), { client, store: { ...store, table } }),
    ({ store }) => store.migrate(),
  )
}

const direct = (): string => server.url
describe('through a SQL of Bun', () => conformance(direct, { client: PLAIN }))
describe('through an odd SQL of Bun, prepared', () => conformance(direct, ODD))
describe('through a SQL of Bun behind PgBouncer', () => conformance(() => pooler.url, { client: PLAIN }))

test('on an odd SQL of Bun, a record comes back as it was, prepared and not', async () => {
  for (const prepare of [true, false]) {
    const client = { ...ODD.client, max: 1, prepare }
    const opened = openSqlInBun(bun, 'postgres', direct(), { client, store: { prepare } })
    await opened.store.migrate()
    // More often than once: a statement is prepared at its first use.
    for (let time = 0; time < 3; time++) {
      await recordsComeBack(opened.store)
      await server.ask('DELETE FROM coatcheck_sessions')
    }
    await opened.end()
  }
})

describe('a SQL of Bun is refused that', () => {
  test.each<[string, string, MakeOptions, string]>([
    ['prepares statements, where nobody has said that none stands between', 'postgres://h/d', {}, 'prepare'],
    ['is for MySQL', 'mysql://h/d', { client: { prepare: true } }, 'give it to MysqlSessionStore'],
    ['is for MariaDB', 'mariadb://h/d', {}, 'give it to MysqlSessionStore'],
    ['is for SQLite', 'sqlite://:memory:', {}, 'new Database'],
  ])('%s [P12]', async (_what, url, options, message) => {
    await expect(bun.open('postgres', url, options).made).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringContaining(message),
    })
  })
})

test.each(['transaction', 'reserved connection'])('so is a %s of it, which ends [P12]', async (part) => {
  const { made } = bun.open('postgres', direct(), { client: { ...PLAIN, part } })
  await expect(made).rejects.toMatchObject({
    name: 'ConfigError',
    message: expect.stringContaining('Give it the SQL itself'),
  })
})

describe('what is wrong is said as of other drivers:', () => {
  beforeAll(() => server.ask(`CREATE ROLE ${PASSWORD_ROLE} LOGIN PASSWORD 'the right one'`))
  const withUser = (user: string): string => server.url.replace('postgres@', `${user}@`)

  test.each<[string, () => string, string, string]>([
    ['a wrong password', () => withUser(`${PASSWORD_ROLE}:wrong`), 'ERR_CONFIG_INVALID', 'password is wrong'],
    ['an unknown user', () => withUser('nobody'), 'ERR_CONFIG_INVALID', 'does not let this user in'],
    ['no such database', () => `${server.url}_not`, 'ERR_CONFIG_INVALID', 'this database is not there'],
  ])('%s', async (_what, url, code, message) => {
    const { store } = bun.open('postgres', url(), { client: PLAIN })
    await expect(store.get('any')).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  test('a server that cannot be reached', async () => {
    const url = `postgres://postgres@127.0.0.1:${await freePort()}/postgres`
    const { store } = bun.open('postgres', url, { client: PLAIN })
    const unreachable = {
      code: 'ERR_POSTGRES_CONNECTION_REFUSED',
      message: expect.stringContaining('cannot reach its server'),
    }
    await expect(store.get('any')).rejects.toMatchObject(unreachable)
    await expect(store.migrate()).rejects.toMatchObject(unreachable)
  })

  test('and nothing of the session is in the error', async () => {
    const { store } = openSqlInBun(bun, 'postgres', direct(), { client: PLAIN, store: { table: 'guarded' } })
    await store.migrate()
    await server.ask("ALTER TABLE guarded ADD CHECK (data NOT LIKE '%secret%')")
    const record = newRecord({ user: 'the-user', data: '{"secret":"the-data"}' })
    const creating = store.create(record.id, record, LIFE)
    const error = await Promise.resolve(creating).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: '23514' })
    const { shown }: { shown?: string } = Object(error)
    expect(shown).toContain('violates check constraint')
    for (const secret of ['the-user', 'the-data']) expect(shown).not.toContain(secret)
  })
})

describe("beside the app's own statements on one SQL,", () => {
  test('a session is not undone with a transaction that the app left open, nor waits for slow ones', async () => {
    for (const prepare of [true, false]) {
      const options = { client: { max: 3, prepare }, store: { prepare } }
      const { store, client } = bun.open('postgres', direct(), options)
      await store.migrate()
      await Promise.all([store.get('a'), store.get('b'), store.get('c')])
      const left = [1, 2].map(() => client('unsafe', 'SELECT pg_sleep(0.5); BEGIN'))
      const records = Array.from({ length: 8 }, () => newRecord())
      await Promise.all(records.map(({ id }) => store.get(id)))
      let over = false
      void Promise.all(left).then(() => {
        over = true
      })
      await Promise.all(records.map((record) => store.create(record.id, record, LIFE)))
      expect(over).toBe(false)
      await Promise.all(left)
      await client('close', { timeout: 0 })
      const { store: after } = bun.open('postgres', direct(), { client: PLAIN })
      for (const record of records) expect(await after.get(record.id)).toEqual(record)
    }
  })
})

describe('on a server that counts,', () => {
  let counting: SqlServer
  let contended: SqlServer
  beforeAll(async () => {
    const schema = new PostgresSessionStore(new pg.Pool()).schema()
    counting = await startPostgresSubject((url, options = {}) =>
      openSqlInBun(bun, 'postgres', url, { client: PLAIN, store: options, schema }),
    )
    contended = await startPostgresSubject((url, options = {}) =>
      openSqlInBun(bun, 'postgres', url, { client: PLAIN, store: options }),
    )
    await contended.ask("ALTER ROLE postgres SET default_transaction_isolation = 'serializable'")
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
    { name: `${NAME} under SERIALIZABLE`, server: () => contended },
    `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN PERFORM pg_sleep(0.005); RETURN NEW; END';
     CREATE TRIGGER slow BEFORE UPDATE ON coatcheck_sessions FOR EACH ROW EXECUTE FUNCTION slow()`,
  )
})

sqlFaults({
  name: NAME,
  start: startPostgres,
  connect: (port) =>
    openSqlInBun(bun, 'postgres', `postgres://postgres@127.0.0.1:${port}/postgres`, {
      client: { ...PLAIN, max: 8 },
    }),
})
