import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../../src/core/record.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import type { SqlServer, SqlStore, SqlSubject } from './sql-subject.ts'
import { until } from './until.ts'

const HOUR = 3_600_000

/** Registers what must hold of the end of a user's sessions while one of them gets a new id. */
export function revokeSuite({ name, server: started }: SqlSubject): void {
  describe(`${name} ends all sessions of a user`, () => {
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

    test('also one that is regenerated while the revocation waits for a row [P4]', async () => {
      // By id and by deadline the new one comes before what is held, and the old one after: whichever index the server
      // goes by, it has passed the place of the one and not reached the other while it waits.
      const [fresh, held, old] = ['a-fresh', 'b-held', 'c-old'].map((id) => newRecord({ id, user: 'ann' }))
      if (!fresh || !held || !old) throw new Error('There are no three records.')
      await one.store.create(held.id, held, { ttl: 2 * HOUR })
      await one.store.create(old.id, old, { ttl: 3 * HOUR })
      const release = await server.hold([held.id])

      const revoking = other.store.destroyByUser('ann')
      await until(async () => (await server.waiting()) === 1)
      const regenerating = regenerate(one.store, old, fresh)
      let regenerated = false
      void regenerating.finally(() => {
        regenerated = true
      })
      // Where the revocation locks what lies between the rows, this waits for it.
      await until(async () => regenerated || (await server.waiting()) === 2)
      await release()

      expect(await revoking).toBeGreaterThanOrEqual(2)
      await regenerating
      expect(await one.store.listByUser('ann')).toEqual([])
      for (const { id } of [fresh, held, old]) expect(await one.store.get(id)).toBeNull()
    })

    test('but the one to keep', async () => {
      const records = Array.from({ length: 5 }, () => newRecord({ user: 'ann' }))
      for (const record of records) await one.store.create(record.id, record, { ttl: HOUR })
      const [kept] = records
      expect(await other.store.destroyByUser('ann', { except: kept?.id ?? '' })).toBe(4)
      expect(await one.store.listByUser('ann')).toEqual([kept])
    })
  })
}

/** Puts a session under a new id as the engine does: the new record first, then the end of the old one, if it lives. */
async function regenerate(store: SqlStore, old: SessionRecord, fresh: SessionRecord): Promise<void> {
  await store.create(fresh.id, fresh, { ttl: HOUR })
  const ended = await store.replace(old.id, old, { ttl: 0, revision: old.revision })
  if (ended === 'missing') await store.destroy(fresh.id)
}
