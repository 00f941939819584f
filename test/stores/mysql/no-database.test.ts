import { afterAll, beforeAll } from 'vitest'
import { cleanupSuite } from '../sql/cleanup-suite.ts'
import { revokeSuite } from '../sql/revoke-suite.ts'
import { setUpSuite } from '../sql/set-up-suite.ts'
import type { SqlServer, SqlSubject } from '../sql/sql-subject.ts'
import { startMysqlSubject } from './subject.ts'

let server: SqlServer
beforeAll(async () => {
  server = await startMysqlSubject(false)
})
afterAll(() => server?.stop())

const subject: SqlSubject = {
  name: "MysqlSessionStore on MariaDB, with a table 'database.table' and no database chosen,",
  server: () => server,
}
setUpSuite(subject) // first: it needs a database without the table
cleanupSuite(subject)
revokeSuite(subject)
