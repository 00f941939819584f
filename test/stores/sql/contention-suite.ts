import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newRecord } from '../../../src/testing/sample-records.ts'
import type { SqlServer, SqlStore, SqlSubject } from './sql-subject.ts'

const LIFE = { ttl: 3_600_000 }
const PROCESSES = 5
const WRITERS = 20

/**
 * Registers what must hold when many write to one row at once and the server lets one of them win and undoes the rest.
 * @param slowUpdates - SQL that has each update keep its row for 5 ms, so that all others come to wait for it.
 */
export function contentionSuite({ name, server: started }: SqlSubject, slowUpdates: string): void {
  describe(`${name}, of ${WRITERS} that write to one session at once,`, () => {
    let opened: ReturnType<SqlServer['open']>[] = []
    let stores: SqlStore[] = []
    beforeAll(async () => {
      const server = started()
      opened = Array.from({ length: PROCESSES }, () => server.open({ cleanupInterval: false }))
      const each = opened.map(({ store }) => store)
      await each[0]?.migrate()
      await server.ask(slowUpdates)
      stores = Array.from({ length: WRITERS / PROCESSES }, () => each).flat()
      // Connected, so that they start together.
      await Promise.all(stores.map((store) => store.get('any')))
    })
    afterAll(async () => {
      for (const { end } of opened) await end()
    })

    test('lets all extend it', async () => {
      const record = newRecord({ user: 'ann' })
      await stores[0]?.create(record.id, record, LIFE)
      const touched = await Promise.all(
        stores.map((store, index) => store.touch(record.id, { ...LIFE, touchedAt: index, expiresAt: index })),
      )
      expect(touched).toEqual(stores.map(() => true))
    })

    test('lets all set it', async () => {
      const record = newRecord({ user: 'ann' })
      await Promise.all(
        stores.map((store, index) => store.set(record.id, { ...record, revision: index + 1 }, LIFE)),
      )
      expect(await stores[0]?.get(record.id)).toMatchObject({ data: record.data })
    })

    test('lets one replace it and tells the others of the conflict [P3]', async () => {
      const record = newRecord({ user: 'ann' })
      await stores[0]?.create(record.id, record, LIFE)
      const after = { ...record, revision: 2 }
      const outcomes = await Promise.all(
        stores.map((store) => store.replace(record.id, after, { ...LIFE, revision: 1 })),
      )
      expect(outcomes.toSorted()).toEqual([...stores.slice(1).map(() => 'conflict'), 'written'])
    })
  })
}
