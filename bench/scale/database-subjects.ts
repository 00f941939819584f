import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { SessionRecord, SessionStore } from '../../src/index.ts'
import { built } from '../subjects/built.ts'
import { postgresStore, redisStore } from '../subjects/our-sessions.ts'
import type { StoreName } from '../subjects/subject.ts'

/** One of our stores on a database, and what the database itself does and says. */
export interface DatabaseSubject {
  store: SessionStore
  /** Puts records in faster than the store could one by one: to get to a size, not to be measured. */
  fill(batches: Iterable<readonly SessionRecord[]>): Promise<void>
  /** Bytes the database takes, on disk or (Redis) in memory. */
  bytes(): Promise<number>
}

/**
 * Opens our store for a database.
 * @param ttl - How long the records live that it is filled with, in milliseconds.
 */
export function openDatabaseSubject(name: StoreName, url: string, ttl: number): Promise<DatabaseSubject> {
  switch (name) {
    case 'sqlite':
      return openSqlite(url, ttl)
    case 'redis':
      return openRedis(url, ttl)
    case 'postgres':
      return openPostgres(url)
    case 'memory':
      throw new Error('The memory store is measured by measure-memory.ts.')
  }
}

async function openSqlite(file: string, ttl: number): Promise<DatabaseSubject> {
  const module = await built<typeof import('../../src/stores/sqlite.ts')>('stores/sqlite.js')
  const database = new DatabaseSync(file)
  // As the store itself opens a path.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  const store = new module.SqliteSessionStore(database)
  return {
    store,
    async fill(batches) {
      for (const records of batches) {
        database.exec('BEGIN')
        for (const record of records) store.create(record.id, record, { ttl })
        database.exec('COMMIT')
      }
    },
    async bytes() {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      return statSync(file).size
    },
  }
}

async function openRedis(url: string, ttl: number): Promise<DatabaseSubject> {
  const { createClient } = await import('redis')
  const client = await createClient({ url }).connect()
  const store = await redisStore(url)
  return {
    store,
    async fill(batches) {
      let before: Promise<unknown> = Promise.resolve()
      for (const records of batches) {
        const sent = Promise.all(records.map((record) => store.create?.(record.id, record, { ttl })))
        // Not this one: the next is made while Redis works.
        await before
        before = sent
      }
      await before
    },
    bytes: async () => Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]),
  }
}

const FILL_POSTGRES = `INSERT INTO coatcheck_sessions
    (id, data, revision, created_at, touched_at, expires_at, user_id, dies_at)
  SELECT id, data, revision, "createdAt", "touchedAt", "expiresAt", "user", "expiresAt"
  FROM json_to_recordset($1) AS record (id text, data text, revision bigint,
    "createdAt" bigint, "touchedAt" bigint, "expiresAt" bigint, "user" text)`

async function openPostgres(url: string): Promise<DatabaseSubject> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  return {
    store: await postgresStore(url),
    async fill(batches) {
      for (const records of batches) await pool.query(FILL_POSTGRES, [JSON.stringify(records)])
      // Or the server would begin to by itself, sometime while it is measured.
      await pool.query('VACUUM (ANALYZE) coatcheck_sessions')
    },
    async bytes() {
      const { rows } = await pool.query('SELECT pg_database_size(current_database()) AS bytes')
      return Number(rows[0].bytes)
    },
  }
}
