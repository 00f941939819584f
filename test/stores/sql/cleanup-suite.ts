import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newRecord } from '../../../src/testing/sample-records.ts'
import type { SqlServer, SqlStore, SqlSubject } from './sql-subject.ts'
import { until } from './until.ts'

const HOUR = 3_600_000
const BATCH = 500

/** Registers what must hold of how a store gets rid of expired rows. */
export function cleanupSuite({ name, server: started }: SqlSubject): void {
  describe(`${name} deletes expired rows`, () => {
    let server: SqlServer
    let one: ReturnType<SqlServer['open']>
    let other: ReturnType<SqlServer['open']>
    beforeAll(async () => {
      server = started()
      one = server.open({ cleanupInterval: false })
      other = server.open({ cleanupInterval: false })
      await one.store.migrate()
    })
    afterAll(async () => {
      await one?.end()
      await other?.end()
    })
    beforeEach(() => server.ask('DELETE FROM coatcheck_sessions'))

    const rows = async (): Promise<number> => (await server.ask('SELECT id FROM coatcheck_sessions')).length

    /** Moves all deadlines so many milliseconds back, as if that time had passed. */
    const pass = (milliseconds: number): Promise<object[]> =>
      server.ask(`UPDATE coatcheck_sessions SET dies_at = dies_at - ${milliseconds}`)

    const idsByDeadline = async (limit: number): Promise<string[]> => {
      const found = await server.ask(`SELECT id FROM coatcheck_sessions ORDER BY dies_at LIMIT ${limit}`)
      return found.map((row) => String(Object.values(row)[0]))
    }

    /** Puts expired rows in the table, and as many live ones. */
    const fill = async (count: number): Promise<void> => {
      await create(one.store, count, HOUR)
      await pass(2 * HOUR)
      await create(one.store, count, HOUR)
    }

    test('in batches, and no live one', async () => {
      await fill(2.5 * BATCH)
      const before = await server.statements()
      expect(await one.store.deleteExpired()).toBe(2.5 * BATCH)
      expect((await server.statements()) - before).toBe(3)
      expect(await rows()).toBe(2.5 * BATCH)
      expect(await one.store.count()).toBe(2.5 * BATCH)
    })

    test('with two processes at it at once: each row once, and neither waits for the other', async () => {
      await fill(4 * BATCH)
      const removed = await Promise.all([one.store.deleteExpired(), other.store.deleteExpired()])
      // A batch that the one holds is passed over by the other, which then thinks that it is done.
      expect(removed[0] + removed[1]).toBe(4 * BATCH)
      expect(await rows()).toBe(4 * BATCH)
    })

    test('passing over those that somebody holds', async () => {
      await fill(20)
      const release = await server.hold(await idsByDeadline(5))
      expect(await one.store.deleteExpired()).toBe(15)
      await release()
      expect(await one.store.deleteExpired()).toBe(5)
    })

    test('and touches no live row: one that somebody holds is not waited for', async () => {
      await fill(20)
      const [live] = (await one.store.entries({ limit: 1 })).records
      const release = await server.hold([live?.id ?? ''])
      expect(await one.store.deleteExpired()).toBe(20)
      await release()
    })

    test('by itself, from its first use until it is disposed of', async () => {
      await fill(2 * BATCH)
      const { store, end } = server.open({ cleanupInterval: 20 })
      await delay(60)
      expect(await rows()).toBe(4 * BATCH) // not used yet
      await store.get('any')
      await until(async () => (await rows()) === 2 * BATCH)
      await store.dispose?.()
      await fill(10)
      await delay(60)
      expect(await rows()).toBe(2 * BATCH + 20)
      await end()
    })
  })
}

async function create(store: SqlStore, count: number, ttl: number): Promise<void> {
  const records = Array.from({ length: count }, () => newRecord())
  await Promise.all(records.map(async (record) => store.create(record.id, record, { ttl })))
}
