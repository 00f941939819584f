import { createClient } from '@libsql/client'
import { expect, test } from 'vitest'
import { LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { calling } from './clients.ts'

const LIFE = { ttl: 60_000 }

/** A store whose every request is carried out twice, and answered with what the second one gave, as Deno's `fetch` may have it. */
async function twice() {
  const client = createClient({ url: ':memory:' })
  const clock = createClock(Date.now())
  await new LibsqlSessionStore(client).migrate()
  const store = new LibsqlSessionStore(
    {
      ...calling(client),
      protocol: 'http',
      execute: async (statement) => {
        await client.execute(statement)
        return client.execute(statement)
      },
      batch: async (statements, mode) => {
        await client.batch(statements, mode)
        return client.batch(statements, mode)
      },
    },
    { now: clock.now },
  )
  return { store, clock, close: () => client.close() }
}

test('a record is made, written and ended once, and each is told as done [P3]', async () => {
  const { store, close } = await twice()
  for (let times = 0; times < 2; times++) {
    const record = newRecord() // the first carries a clean-up with it
    expect(await store.create(record.id, record, LIFE)).toBe(true)
    const next = { ...record, revision: 2 }
    expect(await store.replace(record.id, next, { ...LIFE, revision: 1 })).toBe('written')
    expect(await store.replace(record.id, next, { ...LIFE, revision: 1 })).toBe('conflict')
    expect(await store.replace(record.id, next, { ttl: 0, revision: 2 })).toBe('written')
    expect(await store.replace(record.id, next, { ttl: 0, revision: 2 })).toBe('missing')
  }
  close()
})

test('a record is made in the place of one that has expired, and told as made', async () => {
  const { store, clock, close } = await twice()
  const record = newRecord()
  await store.create(record.id, record, LIFE)
  clock.advance(60_000)
  expect(await store.create(record.id, record, LIFE)).toBe(true)
  expect(await store.create(record.id, record, LIFE)).toBe(false)
  close()
})
