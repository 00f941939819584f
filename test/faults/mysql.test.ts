import mysql from 'mysql2/promise'
import { expect, test } from 'vitest'
import { MysqlSessionStore } from '../../src/stores/mysql.ts'
import { startMariadb } from '../servers/mariadb.ts'
import { startTcpProxy } from '../servers/tcp-proxy.ts'
import { sqlFaults } from './sql-faults.ts'

sqlFaults({
  name: 'MysqlSessionStore on MariaDB',
  start: startMariadb,
  connect: (port) => {
    const pool = mysql.createPool({ uri: `mysql://root@127.0.0.1:${port}/coatcheck`, connectionLimit: 8 })
    // Its connections are gone already when the proxy closed them.
    return { store: new MysqlSessionStore(pool), end: () => pool.end().catch(() => {}) }
  },
})

// A statement that a connection has prepared already, and one that it has not: they hang in different places.
test.each<[string, (store: MysqlSessionStore) => unknown]>([
  ['a statement they know', (store) => store.get('a')],
  ['one they would have to prepare', (store) => store.destroy('a')],
])(
  'connections that leave %s without an answer are given up after queryTimeout: new ones take their place',
  async (_what, ask) => {
    const server = await startMariadb()
    const proxy = await startTcpProxy(server.port)
    const uri = `mysql://root@127.0.0.1:${proxy.port}/coatcheck`
    const pool = mysql.createPool({ uri, connectionLimit: 2 })
    const store = new MysqlSessionStore(pool, { queryTimeout: 300 })
    await store.migrate()
    await Promise.all([store.get('a'), store.get('b')]) // both connections are made
    proxy.abandon()
    const gaveUp = { code: 'PROTOCOL_SEQUENCE_TIMEOUT', message: expect.stringContaining('queryTimeout') }
    await Promise.all([ask(store), ask(store)].map((asked) => expect(asked).rejects.toMatchObject(gaveUp)))
    expect(await store.get('a')).toBeNull()
    expect(proxy.connections).toBe(3)
    store.dispose()
    await pool.end()
    await proxy.close()
    await server.stop()
  },
)
