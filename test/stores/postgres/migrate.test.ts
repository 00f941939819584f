import pg from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PgClient, type PostgresJsClient, PostgresSessionStore } from '../../../src/stores/postgres.ts'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
  await server.ask('CREATE SCHEMA "Kasse"; CREATE ROLE app LOGIN')
})
afterAll(() => server?.stop())

/** Migrates as this role. Who would wait for a lock gets an error instead. */
async function migrate(table: string, role = 'postgres'): Promise<void> {
  const pool = new pg.Pool({ connectionString: urlOf(role), options: '-c lock_timeout=500' })
  await migrateThrough(pool, table).finally(() => pool.end())
}

async function migrateThrough(client: PgClient | PostgresJsClient, table: string): Promise<void> {
  const store = new PostgresSessionStore(client, { table })
  await store.migrate().finally(() => store.dispose())
}

const urlOf = (role: string): string => server.url.replace('postgres@', `${role}@`)

/** Runs `work` while somebody writes to the table and has not come to an end. */
async function besideWriter(table: string, work: () => Promise<void>): Promise<void> {
  const writer = new pg.Client({ connectionString: server.url })
  await writer.connect()
  try {
    await writer.query(`BEGIN; DELETE FROM ${table} WHERE id = 'none'`)
    await work()
  } finally {
    await writer.end()
  }
}

/** Gives the names of the table's indexes. */
async function indexesOf(table: string): Promise<unknown[]> {
  const rows = await server.ask(`SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indrelid = '${table}'::regclass ORDER BY relname`)
  return rows.map(({ relname }) => relname)
}

describe('migrate() on a table that is there waits for nobody, and so makes nobody wait,', () => {
  test.each([
    ['plain', 'here', 'here'],
    ['with capitals', 'Sitzungen', '"Sitzungen"'],
    ['in a schema', 'Kasse.Sitzungen', '"Kasse"."Sitzungen"'],
  ])('its name being %s', async (_how, table, quoted) => {
    await migrate(table)
    await besideWriter(quoted, () => migrate(table))
  })

  test('through postgres.js', async () => {
    await migrate('there')
    const sql = postgres(server.url, { connection: { lock_timeout: 500 } })
    await besideWriter('there', () => migrateThrough(sql, 'there')).finally(() => sql.end())
  })
})

test('migrate() makes an index that is missing, whatever is called so in another schema', async () => {
  await migrate('indexed')
  await migrate('Kasse.indexed')
  const all = ['indexed_dies_at', 'indexed_pkey', 'indexed_user_id']
  for (const index of ['indexed_dies_at', 'indexed_user_id']) {
    await server.ask(`DROP INDEX "Kasse".${index}`)
    await migrate('Kasse.indexed')
    expect(await indexesOf('"Kasse".indexed')).toEqual(all)
  }
})

test.each(['moved', 'Kasse.moved'])(
  'migrate() says which table has the names of the indexes of %s, as one that was renamed does, and makes none without',
  async (table) => {
    const schema = table.startsWith('Kasse') ? '"Kasse".' : ''
    await migrate(table)
    await server.ask(`ALTER TABLE ${schema}moved RENAME TO old`)
    for (let times = 0; times < 2; times++) {
      await expect(migrate(table)).rejects.toMatchObject({
        name: 'ConfigError',
        code: 'ERR_CONFIG_INVALID',
        message: expect.stringContaining(`${schema}old has the name moved_user_id`),
      })
    }
    for (const index of ['user_id', 'dies_at'])
      await server.ask(`ALTER INDEX ${schema}moved_${index} RENAME TO old_${index}`)
    await migrate(table)
    expect(await indexesOf(`${schema}moved`)).toEqual(
      expect.arrayContaining(['moved_dies_at', 'moved_user_id']),
    )
  },
)

describe('migrate() by a role that may make no tables', () => {
  test('is content with a table that is there', async () => {
    await migrate('granted')
    await migrate('granted', 'app')
  })

  test('says of a missing one to run the SQL of schema() as somebody who may', async () => {
    await expect(migrate('missing', 'app')).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringMatching(/may not make.*store\.schema\(\)/),
      cause: { code: '42501' },
    })
  })
})
