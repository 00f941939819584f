import * as mariadb from 'mariadb'
import mysql from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'
import { type ConnectedClient, mariadbSettings } from './clients.ts'

let server: MariadbServer
beforeAll(async () => {
  server = await startMariadb()
  await server.ask("CREATE USER 'app'@'127.0.0.1'")
  await server.ask("GRANT ALL ON coatcheck.* TO 'app'@'127.0.0.1'")
})
afterAll(() => server?.stop())

const pools: [string, (url: string, connected: () => void) => ConnectedClient][] = [
  [
    'mysql2',
    (uri, connected) => {
      const client = mysql.createPool({ uri, connectionLimit: 1 })
      client.on('connection', connected)
      return { client, end: () => client.end() }
    },
  ],
  [
    'the mariadb connector',
    (url, connected) => {
      const client = mariadb.createPool(mariadbSettings(url, { connectionLimit: 1 }))
      client.on('connection', connected)
      return { client, end: () => client.end() }
    },
  ],
]

test.each(pools)(
  'a connection of %s to a server that became a replica is not used again, as after a failover',
  async (_of, open) => {
    let connections = 0
    const { client, end } = open(server.url.replace('root@', 'app@'), () => connections++)
    const store = new MysqlSessionStore(client, { cleanupInterval: false })
    await store.migrate()
    const record = newRecord()
    await server.ask('SET GLOBAL read_only = 1')
    const code = 'ER_OPTION_PREVENTS_STATEMENT'
    await expect(store.create(record.id, record, { ttl: 60_000 })).rejects.toMatchObject({ code })
    await server.ask('SET GLOBAL read_only = 0')
    expect(await store.create(record.id, record, { ttl: 60_000 })).toBe(true)
    expect(await store.create(record.id, record, { ttl: 60_000 })).toBe(false)
    expect(connections).toBe(2)
    await end()
  },
)
