import pg from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PostgresSessionStore } from '../../../src/stores/postgres.ts'
import { freePort } from '../../servers/free-port.ts'
import { type Pgbouncer, startPgbouncer } from '../../servers/pgbouncer.ts'
import { PASSWORD_ROLE, type PostgresServer, startPostgres } from '../../servers/postgres.ts'

function configError(message: string): object {
  return { name: 'ConfigError', code: 'ERR_CONFIG_INVALID', message: expect.stringContaining(message) }
}

describe('PostgresSessionStore refuses', () => {
  const pool = new pg.Pool()
  const inBinary = { host: '127.0.0.1', binary: true } // not written in the call: its types do not know the option

  test.each([
    ['an unknown option', { tabel: 'sessions' }, 'has no option tabel'],
    ['a table that is no identifier', { table: 'sessions; DROP TABLE users' }, 'the option table'],
    ['a table with a quote', { table: 'a"b' }, 'the option table'],
    ['a table of three parts', { table: 'a.b.c' }, 'the option table'],
    ['an empty table', { table: '' }, 'the option table'],
    ['a table that is no text', { table: 7 }, 'the option table'],
    ['prepare that is no boolean', { prepare: 'yes' }, 'the option prepare'],
    ['a cleanup every no time', { cleanupInterval: 0 }, 'cleanupInterval'],
    ['a cleanup every text', { cleanupInterval: 'often' }, 'cleanupInterval'],
  ])('%s [P12]', (_what, options, message) => {
    // Reflect: the compiler would refuse most of these already.
    expect(() => Reflect.construct(PostgresSessionStore, [pool, options])).toThrow(
      expect.objectContaining(configError(message)),
    )
  })

  test.each([undefined, null, {}, 'postgres://localhost/app', () => {}, { query: 'text' }])(
    '%o as a client [P12]',
    (client) => {
      expect(() => Reflect.construct(PostgresSessionStore, [client])).toThrow(
        expect.objectContaining(configError('needs a client')),
      )
    },
  )

  test('a client of postgres.js from before it could set a connection apart, with the version it needs [P12]', () => {
    const old = Object.assign(() => {}, { unsafe: () => {}, begin: () => {} })
    expect(() => Reflect.construct(PostgresSessionStore, [old])).toThrow(
      expect.objectContaining(configError('postgres.js 3.4 or newer')),
    )
  })

  test.each([
    ['a pool', new pg.Pool(inBinary)],
    ['a client', new pg.Client(inBinary)],
  ])(
    '%s of pg that asks for values in binary, which pg cannot read in rows as arrays [P12]',
    (_what, client) => {
      expect(() => new PostgresSessionStore(client)).toThrow(
        expect.objectContaining(configError('Leave the option binary out')),
      )
      expect(client.listenerCount('error')).toBe(0)
    },
  )

  test.each([
    ['row', { row: (row: object) => ({ ...row }) }],
    ['row.from', { row: { from: (row: object) => ({ ...row }) } }],
  ])(
    'a client of postgres.js with transform.%s, which makes other things of rows [P12]',
    (_what, transform) => {
      expect(() => new PostgresSessionStore(postgres({ transform }))).toThrow(
        expect.objectContaining(configError('transform.row')),
      )
    },
  )

  test('no transform of postgres.js that leaves rows as they are', () => {
    const transform = { ...postgres.camel, undefined: null }
    expect(() => new PostgresSessionStore(postgres({ transform })).dispose()).not.toThrow()
  })
})

test('An error of an idle connection of a pool is listened for until the store is disposed of', () => {
  const pool = new pg.Pool()
  const store = new PostgresSessionStore(pool)
  expect(pool.listenerCount('error')).toBe(1)
  store.dispose()
  expect(pool.listenerCount('error')).toBe(0)
})

test('Any number of stores on one pool have one listener, until the last is disposed of', () => {
  const pool = new pg.Pool()
  const stores = Array.from({ length: 11 }, () => new PostgresSessionStore(pool))
  const [first, ...others] = stores
  expect(pool.listenerCount('error')).toBe(1)
  for (const store of others) store.dispose()
  for (const store of others) store.dispose() // once more, which lets go of nothing
  expect(pool.listenerCount('error')).toBe(1)
  first?.dispose()
  expect(pool.listenerCount('error')).toBe(0)
  new PostgresSessionStore(pool)
  expect(pool.listenerCount('error')).toBe(1)
})

test('The loss of a single client is not hidden: its error event is left to the user', () => {
  const client = new pg.Client()
  new PostgresSessionStore(client).dispose()
  expect(client.listenerCount('error')).toBe(0)
})

describe('PostgresSessionStore tells what to do about', () => {
  let server: PostgresServer
  let pooler: Pgbouncer
  beforeAll(async () => {
    server = await startPostgres()
    pooler = await startPgbouncer(server.port)
    await server.ask(`CREATE ROLE ${PASSWORD_ROLE} LOGIN PASSWORD 'right'; CREATE ROLE poor LOGIN`)
    const pool = new pg.Pool({ connectionString: server.url })
    await new PostgresSessionStore(pool).migrate()
    await pool.end()
  })
  afterAll(async () => {
    await pooler?.stop()
    await server?.stop()
  })

  /** Gives what a store says when its client is set up like this, through both drivers. */
  async function saidOf(url: string): Promise<unknown[]> {
    const pool = new pg.Pool({ connectionString: url })
    const sql = postgres(url)
    const stores = [new PostgresSessionStore(pool), new PostgresSessionStore(sql)]
    const said = await Promise.all(
      stores.map((store) =>
        store.get('any').then(
          () => 'nothing',
          (error: unknown) => error,
        ),
      ),
    )
    await Promise.all([pool.end(), sql.end({ timeout: 0 })])
    return said
  }
  const at = (user: string, database: string, port = server.port): string =>
    `postgres://${user}@127.0.0.1:${port}/${database}`

  test.each([
    ['a wrong password', () => at(`${PASSWORD_ROLE}:wrong`, 'postgres'), 'the password is wrong'],
    ['a missing database', () => at('postgres', 'nowhere'), 'this database is not there'],
    ['a missing permission', () => at('poor', 'postgres'), 'Grant it'],
  ])('%s', async (_what, url, message) => {
    for (const error of await saidOf(url())) {
      expect(error).toMatchObject(configError(message))
      expect(error).toHaveProperty('cause.code')
    }
  })

  test('a server that is not there', async () => {
    const port = await freePort()
    for (const error of await saidOf(at('postgres', 'postgres', port))) {
      expect(error).toMatchObject({
        code: 'ECONNREFUSED',
        message: expect.stringContaining(`127.0.0.1:${port}`),
      })
      expect(error).toMatchObject({ message: expect.stringContaining('Check the host and port') })
    }
  })

  test('a host with several addresses that is not there, whose error has no message of its own', async () => {
    const pool = new pg.Pool({ host: 'localhost', port: await freePort() })
    await expect(new PostgresSessionStore(pool).migrate()).rejects.toThrow('connect ECONNREFUSED')
    await pool.end()
  })

  test('a table that something else made', async () => {
    await server.ask('CREATE TABLE IF NOT EXISTS strange (id text)')
    const pool = new pg.Pool({ connectionString: server.url })
    const store = new PostgresSessionStore(pool, { table: 'strange' })
    await expect(store.get('any')).rejects.toMatchObject(configError('something else made it'))
    await pool.end()
  })

  test('prepared statements behind a transaction pooler', async () => {
    const pool = new pg.Pool({ connectionString: pooler.url, max: 8 })
    const store = new PostgresSessionStore(pool, { prepare: true })
    const answers = await Promise.allSettled(Array.from({ length: 200 }, () => store.get('any')))
    const [failed] = answers.filter((answer) => answer.status === 'rejected')
    expect(failed?.reason).toMatchObject(configError('Leave the option prepare out'))
    await pool.end()
  })
})
