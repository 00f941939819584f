import { createClient } from '@libsql/client'
import { expect, test } from 'vitest'
import { LibsqlSessionStore, type LibsqlSessionStoreOptions } from '../../../src/stores/libsql.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'

const LIFE = { ttl: 3_600_000 }

async function filled(expired: number, options: LibsqlSessionStoreOptions = {}) {
  const client = createClient({ url: ':memory:' })
  const clock = createClock(Date.now())
  const store = new LibsqlSessionStore(client, { ...options, now: clock.now })
  await store.migrate()
  const sql = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
    INSERT INTO coatcheck_sessions SELECT 'dead' || n, '{}', 1, 1, 1, 1, NULL, ?, NULL FROM numbers`
  await client.execute({ sql, args: [expired, clock.now()] })
  const rows = async (): Promise<number> => {
    const { rows } = await client.execute("SELECT count(*) FROM coatcheck_sessions WHERE id LIKE 'dead%'")
    return Number(rows[0]?.[0])
  }
  const create = async (): Promise<void> => {
    const record = newRecord()
    expect(await store.create(record.id, record, LIFE)).toBe(true)
  }
  return { client, clock, store, rows, create }
}

test('what has ended is kept for a minute, for a write that comes twice, and then goes', async () => {
  const { store, clock, rows, client } = await filled(5)
  expect(await store.deleteExpired()).toBe(0)
  clock.advance('1m')
  expect(await store.deleteExpired()).toBe(5)
  expect(await rows()).toBe(0)
  client.close()
})

test('the first session that begins takes 100 expired rows along, and the next ones the rest', async () => {
  const { clock, rows, create, client } = await filled(250)
  clock.advance('1m')
  for (const left of [150, 50, 0, 0]) {
    await create()
    expect(await rows()).toBe(left)
  }
  client.close()
})

test('with a cleanupInterval of false, nothing goes until deleteExpired is called', async () => {
  const { store, clock, rows, create, client } = await filled(2_500, { cleanupInterval: false })
  clock.advance('30d')
  await create()
  expect(await rows()).toBe(2_500)
  expect(await store.deleteExpired()).toBe(2_500)
  client.close()
})

test('a record that was ended on a condition keeps neither its data nor its user', async () => {
  const { store, client } = await filled(1)
  const record = newRecord({ user: 'the-user', data: '{"card":"the-data"}' })
  await store.create(record.id, record, LIFE)
  expect(await store.replace(record.id, record, { ttl: 0, revision: 1 })).toBe('written')
  const { rows } = await client.execute("SELECT * FROM coatcheck_sessions WHERE id NOT LIKE 'dead%'")
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toMatch(/the-user|the-data/)
  client.close()
})

test('what has ended has ended also by a clock that is behind, and for a write that set out before it [P4]', async () => {
  const { store, clock, client } = await filled(1)
  await client.execute('DELETE FROM coatcheck_sessions')
  const before = new LibsqlSessionStore(client, { now: () => clock.now() - 5 })
  const record = newRecord({ user: 'ann' })
  await store.create(record.id, record, LIFE)
  expect(await store.replace(record.id, record, { ttl: 0, revision: 1 })).toBe('written')
  expect(await before.get(record.id)).toBeNull()
  expect(await before.count()).toBe(0)
  expect(await before.touch(record.id, { ...LIFE, touchedAt: 1, expiresAt: 2 })).toBe(false)
  expect(await before.replace(record.id, { ...record, revision: 2 }, { ...LIFE, revision: 1 })).toBe(
    'missing',
  )
  expect(await store.get(record.id)).toBeNull()
  client.close()
})

test('a record that was ended on a condition goes after a minute too', async () => {
  const { store, clock, client } = await filled(1)
  await client.execute('DELETE FROM coatcheck_sessions')
  const record = newRecord()
  await store.create(record.id, record, LIFE)
  await store.replace(record.id, record, { ttl: 0, revision: 1 })
  clock.advance(59_999)
  expect(await store.deleteExpired()).toBe(0)
  clock.advance(1)
  expect(await store.deleteExpired()).toBe(1)
  client.close()
})
