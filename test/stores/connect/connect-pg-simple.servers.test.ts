import { createRequire } from 'node:module'
import session from 'express-session'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConnectSessionStore, type ConnectStore } from '../../../src/stores/connect.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { engineFlows } from '../flows.ts'

/** What is used of connect-pg-simple, which has no types. */
interface PgStore extends ConnectStore {
  close(): Promise<void>
}
interface PgStoreOptions {
  pool: pg.Pool
  tableName: string
  createTableIfMissing: boolean
  pruneSessionInterval: false
}

const require = createRequire(import.meta.url)
const pgStoreOf: (session: unknown) => new (options: PgStoreOptions) => PgStore = require('connect-pg-simple')
const PgStore = pgStoreOf(session)

let server: PostgresServer
let pools: pg.Pool[]

beforeAll(async () => {
  server = await startPostgres()
  pools = [1, 2].map(() => new pg.Pool({ connectionString: server.url, max: 5 }))
  // A connection that is closing still hears that the server stops.
  for (const pool of pools) pool.on('error', () => {})
  // Made here, by one of them: two at once would trip over each other.
  const options = { pool: poolOf(0), tableName: 'session', createTableIfMissing: true } as const
  const store = new ConnectSessionStore(new PgStore({ ...options, pruneSessionInterval: false }))
  await store.get('warm')
})
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await server.stop()
})

function poolOf(index: number): pg.Pool {
  const pool = pools[index]
  if (pool === undefined) throw new Error('There are two.')
  return pool
}

function open(index: number): PgStore {
  return new PgStore({
    pool: poolOf(index),
    tableName: 'session',
    createTableIfMissing: false,
    pruneSessionInterval: false,
  })
}

describe('connect-pg-simple', () => {
  storeConformance({
    name: 'ConnectSessionStore on connect-pg-simple',
    test: test.concurrent,
    makeStore: () => ({
      store: new ConnectSessionStore(open(0)),
      secondStore: new ConnectSessionStore(open(1)),
    }),
  })

  test('a row expires with its record, to the second above', async () => {
    const store = new ConnectSessionStore(open(0))
    const record = newRecord()
    await store.set(record.id, record, { ttl: 90_500 })
    const [row] = await server.ask(
      `SELECT extract(epoch FROM expire - now()) AS left FROM session WHERE sid = '${record.id}'`,
    )
    expect(Number(row?.left)).toBeGreaterThan(80)
    expect(Number(row?.left)).toBeLessThanOrEqual(92)
  })
})

engineFlows('ConnectSessionStore over connect-pg-simple', (clock) => ({
  store: new ConnectSessionStore(open(0), { now: clock.now }),
}))
