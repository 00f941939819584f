import * as mariadb from 'mariadb'
import mysql from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { MysqlSessionStore } from '../../src/stores/mysql.ts'
import { startMariadb } from '../servers/mariadb.ts'
import { startTcpProxy } from '../servers/tcp-proxy.ts'
import { type ConnectedClient, mariadbSettings } from '../stores/mysql/clients.ts'
import { sqlFaults } from './sql-faults.ts'

type OpenPool = (url: string, connectionLimit: number) => ConnectedClient

const openMysql2: OpenPool = (uri, connectionLimit) => {
  const client = mysql.createPool({ uri, connectionLimit })
  return { client, end: () => client.end() }
}
const openMariadb = (url: string, connectionLimit: number, settings: object = {}): ConnectedClient => {
  const client = mariadb.createPool(mariadbSettings(url, { connectionLimit, ...settings }))
  return { client, end: () => client.end() }
}
const pools: [string, OpenPool][] = [
  ['mysql2', openMysql2],
  ['the mariadb connector', openMariadb],
]
const urlAt = (port: number): string => `mysql://root@127.0.0.1:${port}/coatcheck`

for (const [of, open] of pools) {
  sqlFaults({
    name: `MysqlSessionStore on MariaDB, through ${of},`,
    start: startMariadb,
    connect: (port) => {
      const { client, end } = open(urlAt(port), 8)
      // Its connections are gone already when the proxy closed them.
      return { store: new MysqlSessionStore(client), end: () => end().catch(() => {}) }
    },
  })
}

// A statement that a connection has prepared already, and one that it has not: they hang in different places.
const statements: [string, (store: MysqlSessionStore) => unknown][] = [
  ['a statement they know', (store) => store.get('a')],
  ['one they would have to prepare', (store) => store.destroy('a')],
]
// The connector's own limit: on top of it, the store would have to let it send a KILL, which may end the process.
const limits: [string, OpenPool, object, object][] = [
  [
    'mysql2 that leave a statement without an answer are given up after queryTimeout',
    openMysql2,
    { queryTimeout: 300 },
    { code: 'PROTOCOL_SEQUENCE_TIMEOUT', message: expect.stringContaining('queryTimeout') },
  ],
  [
    'the mariadb connector that leave a statement without an answer are given up after its socketTimeout',
    (url, connectionLimit) => openMariadb(url, connectionLimit, { socketTimeout: 300 }),
    {},
    { code: 'ER_SOCKET_TIMEOUT' },
  ],
]

describe.each(limits)('Connections of %s: new ones take their place,', (_title, open, options, failure) => {
  test.each(statements)('where it is %s', async (_what, ask) => {
    const server = await startMariadb()
    const proxy = await startTcpProxy(server.port)
    const { client, end } = open(urlAt(proxy.port), 2)
    const store = new MysqlSessionStore(client, options)
    await store.migrate()
    await Promise.all([store.get('a'), store.get('b')]) // both connections are made
    proxy.abandon()
    await Promise.all([ask(store), ask(store)].map((asked) => expect(asked).rejects.toMatchObject(failure)))
    expect(await store.get('a')).toBeNull()
    expect(proxy.connections).toBeGreaterThan(2)
    store.dispose()
    await end()
    await proxy.close()
    await server.stop()
  })
})
