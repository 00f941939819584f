import pg from 'pg'
import postgres from 'postgres'
import { PostgresSessionStore } from '../../src/stores/postgres.ts'
import { startPostgres } from '../servers/postgres.ts'
import { sqlFaults } from './sql-faults.ts'

const url = (port: number): string => `postgres://postgres@127.0.0.1:${port}/postgres`

sqlFaults({
  name: 'PostgresSessionStore through a pg Pool',
  start: startPostgres,
  connect: (port) => {
    const pool = new pg.Pool({ connectionString: url(port), max: 8 })
    return { store: new PostgresSessionStore(pool), end: () => pool.end() }
  },
})

sqlFaults({
  name: 'PostgresSessionStore through postgres.js',
  start: startPostgres,
  connect: (port) => {
    const sql = postgres(url(port), { max: 8 })
    return { store: new PostgresSessionStore(sql), end: () => sql.end({ timeout: 1 }) }
  },
})
