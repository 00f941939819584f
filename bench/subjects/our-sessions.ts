import type { SessionStore, Sessions } from '../../src/index.ts'
import { built } from './built.ts'
import { type SampleData, SECRET } from './sample-session.ts'
import type { Setup } from './subject.ts'

/** Makes our manager with default settings, on the store asked for. */
export async function ourSessions(setup: Setup, store?: SessionStore): Promise<Sessions<SampleData>> {
  const { createSessions } = await built<typeof import('../../src/index.ts')>('index.js')
  return createSessions<SampleData>({ secret: SECRET, store: store ?? (await ourStore(setup)) })
}

/** Opens our store for a backend. */
export function ourStore({ store, storeUrl }: Setup): Promise<SessionStore> {
  switch (store) {
    case 'memory':
      return memoryStore()
    case 'sqlite':
      return sqliteStore(storeUrl)
    case 'redis':
      return redisStore(storeUrl)
    case 'postgres':
      return postgresStore(storeUrl)
  }
}

async function memoryStore(): Promise<SessionStore> {
  const module = await built<typeof import('../../src/stores/memory.ts')>('stores/memory.js')
  return new module.MemorySessionStore()
}

async function sqliteStore(file: string): Promise<SessionStore> {
  const module = await built<typeof import('../../src/stores/sqlite.ts')>('stores/sqlite.js')
  return new module.SqliteSessionStore(file)
}

/** Opens our PostgreSQL store and makes its table. */
export async function postgresStore(url: string): Promise<SessionStore> {
  const module = await built<typeof import('../../src/stores/postgres.ts')>('stores/postgres.js')
  const { default: pg } = await import('pg')
  const store = new module.PostgresSessionStore(new pg.Pool({ connectionString: url }))
  await store.migrate()
  return store
}

/**
 * Opens our Redis store.
 * @param cache - The settings of its near cache. Default: none.
 */
export async function redisStore(url: string, cache?: { maxEntries: number }): Promise<SessionStore> {
  const module = await built<typeof import('../../src/stores/redis.ts')>('stores/redis.js')
  const { createClient } = await import('redis')
  const client = await createClient({ url }).connect()
  return new module.RedisSessionStore(client, cache === undefined ? {} : { cache })
}
