import { afterAll, beforeAll } from 'vitest'
import { cleanupSuite } from '../sql/cleanup-suite.ts'
import { revokeSuite } from '../sql/revoke-suite.ts'
import { setUpSuite } from '../sql/set-up-suite.ts'
import type { SqlServer, SqlSubject } from '../sql/sql-subject.ts'
import { statementsSuite } from '../sql/statements-suite.ts'
import { startPostgresSubject } from './subject.ts'

let server: SqlServer
beforeAll(async () => {
  server = await startPostgresSubject()
})
afterAll(() => server?.stop())

const subject: SqlSubject = { name: 'PostgresSessionStore', server: () => server }
setUpSuite(subject) // first: it needs a database without the table
statementsSuite(subject)
cleanupSuite(subject)
revokeSuite(subject)
