import { afterAll, beforeAll, describe, test } from 'vitest'
import { MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { type StoreConformanceOptions, storeConformance } from '../../../src/testing/store-conformance.ts'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'
import { type ClientKind, type ConnectedClient, clientKinds } from './clients.ts'
import { withoutDatabase } from './subject.ts'

let server: MariadbServer
beforeAll(async () => {
  server = await startMariadb()
})
afterAll(() => server?.stop())

let tables = 0

/** Runs the suite on two clients of one kind, on a new table for each case. */
function conformance(kind: ClientKind, url: () => string = () => server.url, database = ''): void {
  const clients: ConnectedClient[] = []
  beforeAll(async () => {
    clients.push(await kind.connect(url()), await kind.connect(url()))
  })
  afterAll(async () => {
    for (const { end } of clients) await end()
  })
  const makeStore: StoreConformanceOptions['makeStore'] = async () => {
    const table = `${database}sessions_${++tables}`
    const [store, secondStore] = clients.map(({ client }) => new MysqlSessionStore(client, { table }))
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
  storeConformance({ name: 'MysqlSessionStore', full: true, test: test.concurrent, makeStore })
}

for (const kind of Object.values(clientKinds)) {
  describe(`through ${kind.name}, on MariaDB`, () => conformance(kind))
}

describe('through a pool that chooses no database, on MariaDB', () =>
  conformance(clientKinds.pool, () => withoutDatabase(server.url), 'coatcheck.'))
