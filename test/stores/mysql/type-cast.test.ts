import mysql, { type TypeCast } from 'mysql2/promise'
import { afterAll, beforeAll, test } from 'vitest'
import { type MysqlClient, MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'
import { recordsComeBack } from '../sql/records-come-back.ts'
import { parseJsonColumns } from './clients.ts'

let server: MariadbServer
beforeAll(async () => {
  server = await startMariadb()
})
afterAll(() => server?.stop())

const typeCasts: [string, TypeCast][] = [
  ['that parses columns of JSON', parseJsonColumns],
  ['that reads big numbers as texts', (field, next) => (field.type === 'LONGLONG' ? field.string() : next())],
  ['that is false, for columns as bytes', false],
]
const pools: [string, (pool: mysql.Pool) => MysqlClient][] = [
  ['a pool', (pool) => pool],
  // As tracing libraries do it. The settings of the pool cannot be seen from outside.
  ['a pool inside another object', (pool) => ({ execute: (...call) => pool.execute(...call) })],
]
const cases = typeCasts.flatMap(([how, typeCast]) => pools.map(([of, wrap]) => ({ how, typeCast, of, wrap })))

test.each(cases)(
  'A typeCast $how, of $of, is for the columns of the app only: a record comes back as it was',
  async ({ typeCast, wrap }) => {
    const pool = mysql.createPool({ uri: server.url, typeCast })
    const store = new MysqlSessionStore(wrap(pool), { cleanupInterval: false })
    await store.migrate()
    await recordsComeBack(store)
    await server.ask('DELETE FROM coatcheck_sessions')
    store.dispose()
    await pool.end()
  },
)
