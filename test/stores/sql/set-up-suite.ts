import { beforeAll, describe, expect, test } from 'vitest'
import { newRecord } from '../../../src/testing/sample-records.ts'
import type { SqlServer, SqlSubject } from './sql-subject.ts'

const PARALLEL = 8

/** Registers how a store's table comes to be. */
export function setUpSuite({ name, server: started }: SqlSubject): void {
  describe(`The table of ${name}`, () => {
    let server: SqlServer
    beforeAll(() => {
      server = started()
    })

    test('when missing, is told of by an error that names the fix', async () => {
      const { store, end } = server.open()
      const missing = {
        name: 'ConfigError',
        code: 'ERR_CONFIG_INVALID',
        message: expect.stringContaining('store.migrate()'),
      }
      await expect(store.get('any')).rejects.toMatchObject(missing)
      await expect(store.deleteExpired()).rejects.toMatchObject(missing)
      await end()
    })

    test(`is made once by ${PARALLEL} processes that migrate at once, and again without harm`, async () => {
      const all = Array.from({ length: PARALLEL }, () => server.open())
      await Promise.all(all.map(({ store }) => store.migrate()))
      const [first] = all
      if (first === undefined) throw new Error('There is no store.')
      const record = newRecord()
      await first.store.create(record.id, record, { ttl: 60_000 })
      await first.store.migrate()
      expect(await first.store.get(record.id)).toEqual(record)
      await Promise.all(all.map(({ end }) => end()))
    })

    test('can be made by hand from schema(), any number of times', async () => {
      await server.ask('DROP TABLE coatcheck_sessions')
      const { store, end } = server.open()
      for (let times = 0; times < 2; times++) await server.ask(store.schema())
      expect(await store.count()).toBe(0)
      await end()
    })
  })
}
