import { afterAll, beforeAll, describe, test } from 'vitest'
import { PostgresSessionStore, type PostgresSessionStoreOptions } from '../../../src/stores/postgres.ts'
import { type StoreConformanceOptions, storeConformance } from '../../../src/testing/store-conformance.ts'
import { type Pgbouncer, startPgbouncer } from '../../servers/pgbouncer.ts'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { startWebSocketProxy, type WebSocketProxy } from '../../servers/websocket-proxy.ts'
import {
  type Connect,
  type ConnectedClient,
  connectNeon,
  connectOddPostgresJs,
  connectPool,
  connectPostgresJs,
} from './clients.ts'

let server: PostgresServer
let pooler: Pgbouncer
let webSockets: WebSocketProxy
beforeAll(async () => {
  server = await startPostgres()
  pooler = await startPgbouncer(server.port)
  webSockets = await startWebSocketProxy(Number(new URL(pooler.url).port))
})
afterAll(async () => {
  await webSockets?.close()
  await pooler?.stop()
  await server?.stop()
})

let tables = 0

/** Runs the suite on two clients, on a new table for each case. */
function conformance(connect: Connect, options: PostgresSessionStoreOptions, url: () => string): void {
  const clients: ConnectedClient[] = []
  beforeAll(async () => {
    clients.push(await connect(url()), await connect(url()))
  })
  afterAll(async () => {
    for (const { end } of clients) await end()
  })
  const makeStore: StoreConformanceOptions['makeStore'] = async () => {
    const table = `sessions_${++tables}`
    const stores = clients.map(({ client }) => new PostgresSessionStore(client, { ...options, table }))
    const [store, secondStore] = stores
    if (store === undefined || secondStore === undefined) throw new Error('There are no two clients.')
    await store.migrate()
    return {
      store,
      secondStore,
      close: () => {
        store.dispose()
        secondStore.dispose()
      },
    }
  }
  // Side by side: each case has a table of its own, and many do nothing but wait for a ttl to run out.
  storeConformance({ name: 'PostgresSessionStore', full: true, test: test.concurrent, makeStore })
}

const direct = (): string => server.url
const pooled = (): string => pooler.url

describe('through a pg Pool', () => conformance(connectPool, {}, direct))
describe('through an odd postgres.js, prepared', () =>
  conformance(connectOddPostgresJs, { prepare: true }, direct))
describe('through a pg Pool behind PgBouncer', () => conformance(connectPool, {}, pooled))
describe('through postgres.js behind PgBouncer', () => conformance(connectPostgresJs, {}, pooled))
describe("through a pool of Neon's driver, over WebSockets and behind PgBouncer, as there", () =>
  conformance((url) => connectNeon(url, webSockets.address), {}, pooled))
