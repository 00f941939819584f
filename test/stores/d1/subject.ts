import { D1SessionStore } from '../../../src/stores/d1.ts'
import { startWorker } from '../../runtimes/local-worker.ts'
import type { SqlServer } from '../sql/sql-subject.ts'
import { countedBinding } from './counted-binding.ts'

/** Starts a D1 database that is asked from outside of a Worker, with stores that count their round trips. */
export async function startD1Subject(): Promise<SqlServer> {
  const { database, stop } = await startWorker()
  let sent = 0
  const counted = countedBinding(database, () => {
    sent++
  })
  return {
    ask: async (sql) => {
      const statements = sql.split(';\n').filter((one) => one.trim() !== '')
      const answers = await database.batch<object>(statements.map((one) => database.prepare(one)))
      return answers.at(-1)?.results ?? []
    },
    hold: async () => {
      throw new Error('D1 locks no row: it runs one statement after the other.')
    },
    waiting: async () => 0,
    statements: async () => sent,
    open: (options) => ({ store: new D1SessionStore(counted, options), end: async () => {} }),
    stop,
  }
}
