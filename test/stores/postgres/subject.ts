import pg from 'pg'
import { PostgresSessionStore } from '../../../src/stores/postgres.ts'
import { startPostgres } from '../../servers/postgres.ts'
import type { SqlServer } from '../sql/sql-subject.ts'

const COUNTED = `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements
  WHERE query LIKE '%coatcheck\\_sessions%' AND query NOT LIKE '%pg\\_stat\\_statements%'`

type Open = (url: string, ...options: Parameters<SqlServer['open']>) => ReturnType<SqlServer['open']>

const openThroughPg: Open = (connectionString, options) => {
  const pool = new pg.Pool({ connectionString, max: 4 })
  return { store: new PostgresSessionStore(pool, options), end: () => pool.end() }
}

/**
 * Starts a PostgreSQL server that counts statements.
 * @param open - Opens a store on it. Default: through pg.
 */
export async function startPostgresSubject(open = openThroughPg): Promise<SqlServer> {
  const server = await startPostgres({ shared_preload_libraries: 'pg_stat_statements' })
  await server.ask('CREATE EXTENSION pg_stat_statements')
  return {
    ask: server.ask,
    hold: async (ids) => {
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      await client.query('BEGIN')
      for (const id of ids)
        await client.query('SELECT id FROM coatcheck_sessions WHERE id = $1 FOR UPDATE', [id])
      return async () => {
        await client.query('ROLLBACK') // a connection that is ended lets go of its locks some time later
        await client.end()
      }
    },
    waiting: async () => {
      const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
      return (await server.ask(waiting)).length
    },
    statements: async () => {
      const [row] = await server.ask(COUNTED)
      return Number(row?.calls)
    },
    open: (options) => open(server.url, options),
    stop: server.stop,
  }
}
