import { createClient } from '@libsql/client'
import { LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { contentionSuite } from '../sql/contention-suite.ts'
import { setUpSuite } from '../sql/set-up-suite.ts'
import type { SqlServer, SqlSubject } from '../sql/sql-subject.ts'
import { statementsSuite } from '../sql/statements-suite.ts'
import { serveSqld } from './served.ts'

const started = serveSqld()
let sent = 0

function server(): SqlServer {
  const { url, stop } = started()
  return {
    ask: async (sql) => {
      const client = createClient({ url: url('http') })
      const statements = sql.split(';\n').filter((one) => one.trim() !== '')
      return (await client.batch(statements, 'write')).at(-1)?.rows ?? []
    },
    hold: async () => {
      throw new Error('libSQL locks no row: it lets one write after the other.')
    },
    waiting: async () => 0,
    statements: async () => sent,
    open: (options) => {
      const counted = async (request: Request): Promise<Response> => {
        sent++
        return fetch(request)
      }
      const client = createClient({ url: url('http'), concurrency: 1, fetch: counted })
      return { store: new LibsqlSessionStore(client, options), end: async () => client.close() }
    },
    stop,
  }
}

const subject: SqlSubject = {
  name: 'LibsqlSessionStore',
  server,
  revocation: { statements: 1, sessions: 50 },
}
setUpSuite(subject) // first: it needs a database without the table
statementsSuite(subject)
contentionSuite(subject, 'SELECT 1')
