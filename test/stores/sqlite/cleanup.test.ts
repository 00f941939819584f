import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test, vi } from 'vitest'
import { SqliteSessionStore, type SqliteSessionStoreOptions } from '../../../src/stores/sqlite.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'

const HOUR = 3_600_000
const BATCH = 100

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Makes a store with so many expired records, and as many live ones. */
function filledStore(count: number, options: SqliteSessionStoreOptions = {}) {
  const database = new DatabaseSync(':memory:')
  const clock = createClock()
  const store = new SqliteSessionStore(database, { ...options, now: clock.now })
  const fill = (): void => {
    for (const record of Array.from({ length: count }, () => newRecord()))
      store.create(record.id, record, { ttl: HOUR })
  }
  fill()
  clock.advance(2 * HOUR)
  fill()
  const rows = (): number => database.prepare('SELECT id FROM coatcheck_sessions').all().length
  return { store, database, rows }
}

test('deleteExpired deletes all expired rows and no live one, and lets others have their turn between batches', async () => {
  const { store, rows } = filledStore(3.5 * BATCH, { cleanupInterval: false })
  const deleting = store.deleteExpired()
  expect(rows()).toBe(6 * BATCH) // one batch, in the call itself
  const seen = new Set<number>()
  const watching = setInterval(() => seen.add(rows()), 1)
  expect(await deleting).toBe(3.5 * BATCH)
  clearInterval(watching)
  expect([...seen]).toEqual(expect.arrayContaining([6 * BATCH, 5 * BATCH, 4 * BATCH]))
  expect(rows()).toBe(3.5 * BATCH)
  expect(store.count()).toBe(3.5 * BATCH)
})

test('expired rows go by themselves, a batch at a time, from the first write on', async () => {
  vi.useFakeTimers()
  const { store, rows } = filledStore(2.5 * BATCH, { cleanupInterval: '5m' })
  await vi.advanceTimersByTimeAsync(2 * 60_000)
  expect(rows()).toBe(5 * BATCH) // the first run comes after 2.5 to 7.5 minutes
  await vi.advanceTimersByTimeAsync(6 * 60_000)
  expect(rows()).toBe(2.5 * BATCH)
  store.dispose()
})

test.each([
  ['false', { cleanupInterval: false }],
  ['400 days, longer than a timer can wait', { cleanupInterval: '400d' }],
] as const)('with a cleanupInterval of %s nothing goes for a day', async (_what, options) => {
  vi.useFakeTimers()
  const { store, rows } = filledStore(5, options)
  await vi.advanceTimersByTimeAsync(24 * HOUR)
  expect(rows()).toBe(10)
  store.dispose()
})

test('dispose ends the cleanup, for good', async () => {
  vi.useFakeTimers()
  const { store, rows } = filledStore(5, { cleanupInterval: 10 })
  store.dispose()
  const late = newRecord()
  store.create(late.id, late, { ttl: HOUR }) // the database is the user's, and open
  await vi.advanceTimersByTimeAsync(1_000)
  expect(rows()).toBe(11)
  expect(vi.getTimerCount()).toBe(0)
})

test('a cleanup that fails is warned of once, and tried again', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  vi.useFakeTimers()
  const { store, database, rows } = filledStore(5, { cleanupInterval: 10 })
  database.exec(
    "CREATE TRIGGER guard BEFORE DELETE ON coatcheck_sessions BEGIN SELECT raise(ABORT, 'not now'); END",
  )
  await vi.advanceTimersByTimeAsync(1_000)
  expect(warned).toHaveBeenCalledOnce()
  expect(String(warned.mock.calls[0]?.[0])).toContain('SqliteSessionStore could not delete expired rows')
  database.exec('DROP TRIGGER guard')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(rows()).toBe(5)
  store.dispose()
})

test('the timer keeps no process alive', () => {
  const module = JSON.stringify(join(import.meta.dirname, '../../../src/stores/sqlite.ts'))
  const script = `
    const { SqliteSessionStore } = await import(${module})
    const store = new SqliteSessionStore(':memory:', { cleanupInterval: '1d' })
    store.destroy('any')
    store.touch('any', { ttl: 1, touchedAt: 1, expiresAt: 1 })
    process.stdout.write(process.getActiveResourcesInfo().includes('Timeout') ? 'holds' : 'waits')`
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    timeout: 10_000,
  })
  expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: 'waits' })
})
