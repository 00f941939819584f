import pg from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, onTestFinished, test } from 'vitest'
import { type PgClient, type PostgresJsClient, PostgresSessionStore } from '../../../src/stores/postgres.ts'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { recordsComeBack } from '../sql/records-come-back.ts'

const { TEXT, INT8 } = pg.types.builtins

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

/** A client whose app makes other things of values. */
interface Client {
  client: PgClient | PostgresJsClient
  end(): Promise<void>
}

function pgPool(config: pg.PoolConfig = {}): Client {
  const pool = new pg.Pool({ connectionString: server.url, ...config })
  return { client: pool, end: () => pool.end() }
}

function postgresJs(options: postgres.Options<Record<string, postgres.PostgresType>>): Client {
  const sql = postgres(server.url, options)
  return { client: sql, end: () => sql.end() }
}

const clients: [string, () => Client][] = [
  [
    'a process that parses every text of pg as JSON',
    () => {
      const before = pg.types.getTypeParser(TEXT)
      pg.types.setTypeParser(TEXT, (text) => (text.startsWith('{') ? JSON.parse(text) : text))
      onTestFinished(() => pg.types.setTypeParser(TEXT, before))
      return pgPool()
    },
  ],
  [
    'a pool of pg with parsers of its own',
    () => pgPool({ types: { getTypeParser: () => (text: string) => ({ text }) } }),
  ],
  [
    'postgres.js with a type for texts',
    () =>
      postgresJs({
        types: { text: { to: TEXT, from: [TEXT], serialize: String, parse: (text) => ({ text }) } },
      }),
  ],
  [
    'postgres.js with a type for big numbers',
    () =>
      postgresJs({ types: { big: { to: INT8, from: [INT8], serialize: String, parse: (text) => [text] } } }),
  ],
  [
    'postgres.js that makes other values of all',
    () => postgresJs({ transform: { value: { from: (value) => ({ value }) } } }),
  ],
]

test.each(clients)('on %s, a record comes back as it was', async (_what, connect) => {
  const { client, end } = connect()
  const store = new PostgresSessionStore(client, { cleanupInterval: false })
  await store.migrate()
  await recordsComeBack(store)
  await server.ask('DELETE FROM coatcheck_sessions')
  store.dispose()
  await end()
})
