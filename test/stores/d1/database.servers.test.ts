import { afterAll, beforeAll } from 'vitest'
import { contentionSuite } from '../sql/contention-suite.ts'
import { setUpSuite } from '../sql/set-up-suite.ts'
import type { SqlServer, SqlSubject } from '../sql/sql-subject.ts'
import { statementsSuite } from '../sql/statements-suite.ts'
import { startD1Subject } from './subject.ts'

let server: SqlServer
beforeAll(async () => {
  server = await startD1Subject()
})
afterAll(() => server?.stop())

const subject: SqlSubject = {
  name: 'D1SessionStore',
  server: () => server,
  revocation: { statements: 1, sessions: 50 },
}
setUpSuite(subject) // first: it needs a database without the table
statementsSuite(subject)
contentionSuite(subject, 'SELECT 1')
