import { afterAll, beforeAll, describe } from 'vitest'
import { cleanupSuite } from '../sql/cleanup-suite.ts'
import { revokeSuite } from '../sql/revoke-suite.ts'
import { setUpSuite } from '../sql/set-up-suite.ts'
import type { SqlServer, SqlSubject } from '../sql/sql-subject.ts'
import { statementsSuite } from '../sql/statements-suite.ts'
import { startMysqlSubject } from './subject.ts'

let server: SqlServer
beforeAll(async () => {
  server = await startMysqlSubject()
})
afterAll(() => server?.stop())

const subject: SqlSubject = { name: 'MysqlSessionStore on MariaDB', server: () => server }
setUpSuite(subject) // first: it needs a database without the table
statementsSuite(subject)
cleanupSuite(subject)
revokeSuite(subject)

// Without the locks between rows that the default level takes, what a revocation has passed by can change.
describe('Under READ COMMITTED', () => {
  beforeAll(() => server.ask('SET GLOBAL TRANSACTION ISOLATION LEVEL READ COMMITTED'))
  afterAll(() => server.ask('SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ'))
  revokeSuite(subject)
})
