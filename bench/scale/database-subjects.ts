import { statSync } from 'node:fs'
import type { SessionStore } from '../../src/index.ts'
import { ourStore, redisStore } from '../subjects/our-sessions.ts'
import type { StoreName } from '../subjects/subject.ts'

/** One of our stores on a database, and what the database says of itself. */
export interface DatabaseSubject {
  store: SessionStore
  /** Bytes the database takes, on disk or (Redis) in memory. */
  bytes(): Promise<number>
}

/** Opens our store for a database. */
export async function openDatabaseSubject(store: StoreName, storeUrl: string): Promise<DatabaseSubject> {
  if (store === 'redis') return { store: await redisStore(storeUrl), bytes: await redisMemory(storeUrl) }
  const opened = await ourStore({ store, storeUrl, sessionBytes: 0 })
  const bytes = store === 'postgres' ? await postgresSize(storeUrl) : async () => fileBytes(storeUrl)
  return { store: opened, bytes }
}

function fileBytes(file: string): number {
  return [file, `${file}-wal`].reduce(
    (sum, one) => sum + (statSync(one, { throwIfNoEntry: false })?.size ?? 0),
    0,
  )
}

async function redisMemory(url: string): Promise<() => Promise<number>> {
  const { createClient } = await import('redis')
  const client = await createClient({ url }).connect()
  return async () => Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1])
}

async function postgresSize(url: string): Promise<() => Promise<number>> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  return async () => {
    const { rows } = await pool.query('SELECT pg_database_size(current_database()) AS bytes')
    return Number(rows[0].bytes)
  }
}
