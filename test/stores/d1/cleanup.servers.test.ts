import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { D1SessionStore, type D1SessionStoreOptions } from '../../../src/stores/d1.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { type LocalWorker, startWorker } from '../../runtimes/local-worker.ts'
import { countedBinding } from './counted-binding.ts'

const LIFE = { ttl: 3_600_000 }
const LIVE = 3

let worker: LocalWorker
let sent = 0
beforeAll(async () => {
  worker = await startWorker()
  await new D1SessionStore(worker.database).migrate()
})
afterAll(() => worker?.stop())
beforeEach(() => worker.database.prepare('DELETE FROM coatcheck_sessions').run())

const clock = createClock(Date.now())

function newStore(options: D1SessionStoreOptions = {}): D1SessionStore {
  const binding = countedBinding(worker.database, () => {
    sent++
  })
  return new D1SessionStore(binding, { ...options, now: clock.now })
}

/** Puts so many rows in the table that are expired, and a few that live. */
async function fill(expired: number): Promise<void> {
  const sql = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
    INSERT INTO coatcheck_sessions SELECT ? || n, '{}', 1, 1, 1, 1, NULL, ? FROM numbers`
  const filling = worker.database.prepare(sql)
  await filling.bind(expired, 'dead', clock.now()).run()
  await filling.bind(LIVE, 'live', clock.now() + 1e9).run()
}

const idsLike = async (pattern: string): Promise<number> => {
  const counting = worker.database.prepare('SELECT count(*) AS n FROM coatcheck_sessions WHERE id LIKE ?')
  return Number(await counting.bind(pattern).first('n'))
}
const dead = (): Promise<number> => idsLike('dead%')

/** Creates a session and tells how many round trips it took. */
async function create(store: D1SessionStore): Promise<number> {
  const before = sent
  const record = newRecord()
  expect(await store.create(record.id, record, LIFE)).toBe(true)
  expect(await store.get(record.id)).toEqual(record)
  return sent - before - 1
}

test('the first session that begins takes 100 expired rows away in its own round trip, and the next ones the rest', async () => {
  const store = newStore()
  await fill(250)
  for (const left of [150, 50, 0, 0]) {
    expect(await create(store)).toBe(1)
    expect(await dead()).toBe(left)
  }
  expect(await idsLike('live%')).toBe(LIVE)
})

test('once there is no more to take away, sessions begin without it until cleanupInterval has passed', async () => {
  const store = newStore({ cleanupInterval: '1h' })
  await create(store)
  await fill(5)
  clock.advance('59m')
  await create(store)
  expect(await dead()).toBe(5)
  clock.advance('1m')
  await create(store)
  expect(await dead()).toBe(0)
})

test('with a cleanupInterval of false, nothing goes', async () => {
  const store = newStore({ cleanupInterval: false })
  await fill(5)
  await create(store)
  clock.advance('30d')
  await create(store)
  expect(await dead()).toBe(5)
})

test('a session that finds its id taken says so, also where it takes expired rows away', async () => {
  const record = newRecord()
  await newStore().create(record.id, record, LIFE)
  await fill(5)
  expect(await newStore().create(record.id, { ...record, data: '{"other":1}' }, LIFE)).toBe(false)
  expect(await newStore().get(record.id)).toEqual(record)
  expect(await dead()).toBe(0)
})

test('when the deletion fails, the session is not begun, and the next one begins without it', async () => {
  const store = newStore()
  await fill(5)
  await worker.database
    .prepare(
      "CREATE TRIGGER guard BEFORE DELETE ON coatcheck_sessions BEGIN SELECT raise(ABORT, 'not now'); END",
    )
    .run()
  const record = newRecord()
  await expect(store.create(record.id, record, LIFE)).rejects.toThrow('not now')
  expect(await store.get(record.id)).toBeNull()
  await create(store)
  await worker.database.prepare('DROP TRIGGER guard').run()
  expect(await dead()).toBe(5)
})

test('deleteExpired deletes all expired rows and no live one, 1,000 in a round trip', async () => {
  await fill(2_500)
  const before = sent
  expect(await newStore().deleteExpired()).toBe(2_500)
  expect(sent - before).toBe(3)
  expect(await dead()).toBe(0)
  expect(await idsLike('live%')).toBe(LIVE)
})
