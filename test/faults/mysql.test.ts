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

test('connections that no longer answer leave the pool after queryTimeout, and new ones take their place', async () => {
  const server = await startMariadb()
  const proxy = await startTcpProxy(server.port)
  const uri = `mysql://root@127.0.0.1:${proxy.port}/coatcheck`
  const pool = mysql.createPool({ uri, connectionLimit: 2 })
  const store = new MysqlSessionStore(pool, { queryTimeout: 300 })
  await store.migrate()
  await Promise.all([store.get('a'), store.get('b')]) // both connections are made
  proxy.set({ kind: 'blackhole' })
  const stuck = await Promise.allSettled([store.get('a'), store.get('b')])
  expect(stuck.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  proxy.set({ kind: 'pass' })
  expect(await store.get('a')).toBeNull()
  store.dispose()
  await proxy.close()
  await pool.end().catch(() => {})
  await server.stop()
})
