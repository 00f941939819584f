import { afterAll, beforeAll } from 'vitest'
import { contentionSuite } from '../sql/contention-suite.ts'
import type { SqlServer } from '../sql/sql-subject.ts'
import { startMysqlSubject } from './subject.ts'

let server: SqlServer
beforeAll(async () => {
  server = await startMysqlSubject()
  await server.ask("SET GLOBAL tx_isolation = 'SERIALIZABLE'")
  await server.ask('SET GLOBAL innodb_snapshot_isolation = ON')
})
afterAll(() => server?.stop())

contentionSuite(
  {
    name: 'MysqlSessionStore on MariaDB, under SERIALIZABLE with innodb_snapshot_isolation',
    server: () => server,
  },
  'CREATE TRIGGER slow BEFORE UPDATE ON coatcheck_sessions FOR EACH ROW DO SLEEP(0.005)',
)
