import { inspect } from 'node:util'
import * as mariadb from 'mariadb'
import callbackMariadb from 'mariadb/callback'
import callbackMysql from 'mysql2'
import mysql from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { freePort } from '../../servers/free-port.ts'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'
import { type ConnectedClient, mariadbSettings } from './clients.ts'

function configError(message: string): object {
  return { name: 'ConfigError', code: 'ERR_CONFIG_INVALID', message: expect.stringContaining(message) }
}

describe('MysqlSessionStore refuses', () => {
  const pool = mysql.createPool({})
  afterAll(() => pool.end())

  test.each([
    ['an unknown option', { prepare: true }, 'has no option prepare'],
    ['a table that is no identifier', { table: 'sessions; DROP TABLE users' }, 'the option table'],
    ['a table with a quote', { table: 'a`b' }, 'the option table'],
    ['a table of three parts', { table: 'a.b.c' }, 'the option table'],
    ['a query timeout of no time', { queryTimeout: 0 }, 'queryTimeout'],
    ['a cleanup every text', { cleanupInterval: 'often' }, 'cleanupInterval'],
  ])('%s [P12]', (_what, options, message) => {
    // Reflect: the compiler would refuse most of these already.
    expect(() => Reflect.construct(MysqlSessionStore, [pool, options])).toThrow(
      expect.objectContaining(configError(message)),
    )
  })

  test.each([undefined, null, {}, 'mysql://localhost/app', { execute: 'text' }])(
    '%o as a client [P12]',
    (client) => {
      expect(() => Reflect.construct(MysqlSessionStore, [client])).toThrow(
        expect.objectContaining(configError('needs a pool or a connection')),
      )
    },
  )

  test.each<[string, object]>([
    ['rows alone, as objects', { execute: async () => [{ autocommit: 1n }] }],
    ['rows alone, as arrays', { execute: async () => [[1, 'utf8mb4', 'utf8mb4', 'utf8mb4']] }],
    ['what was changed alone', { execute: async () => ({ affectedRows: 1, warningStatus: 0 }) }],
    ['nothing, as a pool of mariadb/callback does', { execute: () => {}, batch: () => {} }],
  ])('a client that gives %s [P12]', async (_what, client) => {
    const store: MysqlSessionStore = Reflect.construct(MysqlSessionStore, [client])
    const refused = expect.objectContaining(configError('needs a pool or a connection'))
    await expect(store.migrate()).rejects.toThrow(refused)
    await expect(store.destroy('a')).rejects.toThrow(refused)
  })

  test("a pool of mysql2's callback interface, and tells how to get the other [P12]", () => {
    const callbacks = callbackMysql.createPool({})
    expect(() => Reflect.construct(MysqlSessionStore, [callbacks])).toThrow(
      expect.objectContaining(configError('client.promise()')),
    )
    expect(() => new MysqlSessionStore(callbacks.promise())).not.toThrow()
    callbacks.end()
  })

  test('a query timeout for the mariadb connector, and names what it has instead [P12]', async () => {
    const { client, end } = openMariadb('mysql://root@127.0.0.1:1/none')
    expect(() => new MysqlSessionStore(client, { queryTimeout: '30s' })).toThrow(
      expect.objectContaining(configError('socketTimeout')),
    )
    expect(() => new MysqlSessionStore(client)).not.toThrow()
    await end()
  })

  test('a pool of mariadb/callback, when it is first used, and leaves it as it is [P12]', async () => {
    const callbacks = callbackMariadb.createPool({ host: '127.0.0.1', port: 1 })
    const store: MysqlSessionStore = Reflect.construct(MysqlSessionStore, [callbacks])
    await expect(store.migrate()).rejects.toThrow(
      expect.objectContaining(configError("not 'mariadb/callback'")),
    )
    expect(callbacks.activeConnections()).toBe(0)
    callbacks.end(() => {})
  })
})

const drivers: [string, (url: string) => ConnectedClient][] = [
  [
    'mysql2',
    (url) => {
      const client = mysql.createPool(url)
      return { client, end: () => client.end() }
    },
  ],
  ['the mariadb connector', openMariadb],
]

function openMariadb(url: string): ConnectedClient {
  // It goes on trying to connect for as long as it may, and shows the beginning of what was sent.
  const settings = { acquireTimeout: 500, debugLen: 100_000 }
  const client = mariadb.createPool(mariadbSettings(url, settings))
  return { client, end: () => client.end() }
}

describe.each(drivers)('MysqlSessionStore through %s tells what to do about', (_driver, open) => {
  let server: MariadbServer
  beforeAll(async () => {
    server = await startMariadb()
    await server.ask("CREATE USER 'locked'@'127.0.0.1' IDENTIFIED BY 'right'")
    await server.ask("CREATE USER 'poor'@'127.0.0.1'")
    await server.ask('CREATE TABLE granted (id INT)')
    await server.ask("GRANT SELECT ON coatcheck.granted TO 'poor'@'127.0.0.1'")
    const pool = mysql.createPool(server.url)
    await new MysqlSessionStore(pool).migrate()
    await pool.end()
    await server.ask("CREATE USER 'user'@'127.0.0.1'")
    await server.ask(
      "GRANT SELECT, INSERT, UPDATE, DELETE ON coatcheck.coatcheck_sessions TO 'user'@'127.0.0.1'",
    )
  })
  afterAll(() => server?.stop())

  /** Gives what a store says when its client is set up like this. */
  async function saidOf(url: string, table = 'coatcheck_sessions'): Promise<unknown> {
    const { client, end } = open(url)
    const store = new MysqlSessionStore(client, { table })
    const said = await store.get('any').then(
      () => 'nothing',
      (error: unknown) => error,
    )
    await end()
    return said
  }
  const at = (user: string, database: string, port = server.port): string =>
    `mysql://${user}@127.0.0.1:${port}/${database}`

  test.each([
    ['a wrong password', () => at('locked:wrong', 'coatcheck'), 'the password is wrong'],
    ['a missing database', () => at('root', 'nowhere'), 'this database is not there'],
    ['no database', () => at('root', ''), 'no database is chosen'],
    ['a missing permission on the table', () => at('poor', 'coatcheck'), 'Grant it'],
    ['a missing permission on the database', () => at('poor', 'mysql'), 'Grant it access'],
  ])('%s', async (_what, url, message) => {
    const error = await saidOf(url())
    expect(error).toMatchObject(configError(message))
    expect(error).toHaveProperty('cause.code')
  })

  test('a server that is not there', async () => {
    const port = await freePort()
    const error = await saidOf(at('root', 'coatcheck', port))
    expect(error).toMatchObject({
      code: 'ECONNREFUSED',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    })
    expect(error).toMatchObject({ message: expect.stringContaining('Check the host and port') })
  })

  describe('migrate() by a user who may make no tables:', () => {
    const migrate = async (table: string): Promise<void> => {
      const { client, end } = open(at('user', 'coatcheck'))
      await new MysqlSessionStore(client, { table }).migrate().finally(end)
    }

    test('nothing, when the table is there', async () => {
      await expect(migrate('coatcheck_sessions')).resolves.toBeUndefined()
    })

    test('to run the SQL of schema() as somebody who may, when it is missing', async () => {
      await expect(migrate('missing')).rejects.toMatchObject(configError('store.schema()'))
      await expect(migrate('missing')).rejects.toHaveProperty('cause.code', 'ER_TABLEACCESS_DENIED_ERROR')
    })
  })

  test('a table that something else made', async () => {
    expect(await saidOf(server.url, 'granted')).toMatchObject(configError('something else made it'))
  })

  test.each([
    ['a missing table', 'missing'],
    ['a column that is too short', 'narrow'],
  ])('%s, without what was in the session [P6]', async (_what, table) => {
    await server.ask(
      'CREATE OR REPLACE TABLE narrow (id CHAR(43), data CHAR(4), revision INT, created_at BIGINT, touched_at BIGINT, expires_at BIGINT, user_id TEXT, dies_at BIGINT)',
    )
    const { client, end } = open(server.url)
    const store = new MysqlSessionStore(client, { table })
    const record = newRecord({ data: '{"note":"for my eyes only"}', user: 'ann.of.the.secret' })
    const failure: unknown = await store.create(record.id, record, { ttl: 60_000 }).catch((error) => error)
    await end()
    expect(failure).toBeInstanceOf(Error)
    const shown = inspect(failure, { depth: 9, showHidden: true })
    for (const secret of ['for my eyes only', 'ann.of.the.secret', record.id])
      expect(shown).not.toContain(secret)
  })
})
