import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { temporaryFolder } from '../../servers/start-process.ts'

const LIFE = { ttl: 3_600_000 }

let folder = ''
let path = ''
let app: Client
let other: Client
beforeEach(async () => {
  folder = temporaryFolder('libsql-file')
  path = join(folder, 'app.db')
  ;[app, other] = [createClient({ url: `file:${path}` }), createClient({ url: `file:${path}` })]
  await app.executeMultiple('PRAGMA journal_mode = WAL; CREATE TABLE orders (n INTEGER)')
  await new LibsqlSessionStore(app).migrate()
})
afterEach(() => {
  for (const client of [app, other]) client.close()
  rmSync(folder, { recursive: true })
})

test.each([
  ['of the app', () => app],
  ['of another process', () => other],
])(
  'a session that is written while a transaction %s is open waits for it, and both are kept',
  async (_whose, holder) => {
    const store = new LibsqlSessionStore(app)
    const record = newRecord()
    const transaction = await holder().transaction('write')
    await transaction.execute('INSERT INTO orders VALUES (1)')
    const creating = store.create(record.id, record, LIFE)
    await new Promise((resolve) => setTimeout(resolve, 50)) // it finds the file locked, several times
    await transaction.commit()
    expect(await creating).toBe(true)
    expect(await new LibsqlSessionStore(other).get(record.id)).toEqual(record)
    expect((await other.execute('SELECT n FROM orders')).rows).toHaveLength(1)
  },
)

test('a transaction that stays open fails the write by the words of SQLite, and the next one is written', async () => {
  const store = new LibsqlSessionStore(app)
  const [one, two] = [newRecord(), newRecord()]
  const transaction = await app.transaction('write')
  await expect(store.create(one.id, one, LIFE)).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
  await transaction.rollback()
  expect(await store.create(two.id, two, LIFE)).toBe(true)
  expect(await new LibsqlSessionStore(other).get(one.id)).toBeNull()
  expect(await new LibsqlSessionStore(other).get(two.id)).toEqual(two)
})

test('on a connection that the driver left with a statement of the app’s that found the file locked, no write is told as done that is not [P2]', async () => {
  const store = new LibsqlSessionStore(app, { cleanupInterval: false })
  const transaction = await other.transaction('write')
  await expect(app.execute('INSERT INTO orders VALUES (1)')).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
  await transaction.rollback()
  const record = newRecord()
  const told = await store.create(record.id, record, LIFE).catch(() => 'failed')
  const there = await new LibsqlSessionStore(other).get(record.id)
  expect({ told, there }).toEqual(there === null ? { told: 'failed', there } : { told: true, there: record })
})

test('SqliteSessionStore keeps sessions in the same table', async () => {
  const record = newRecord({ user: 'ann' })
  await new LibsqlSessionStore(app).create(record.id, record, LIFE)
  const store = new SqliteSessionStore(path)
  expect(store.get(record.id)).toEqual(record)
  expect(store.destroyByUser('ann')).toBe(1)
  store.dispose()
  expect(await new LibsqlSessionStore(app).get(record.id)).toBeNull()
})
