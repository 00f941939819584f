import { assertEqual } from '../assert.ts'
import { lookAlikes } from '../look-alikes.ts'
import { DAY, newId, newRecord, newUser } from '../sample-records.ts'
import { BRIEF_TTL, SHORT_TTL, type StoreCase, storeCase } from '../store-case.ts'
import { inBatches, MANY, writeRecords } from '../written-records.ts'

/** The clauses of destroyByUser. */
export const revokeCases: readonly StoreCase[] = [
  storeCase(
    'store/revoke',
    "destroyByUser ends all of one user's records and counts them",
    ['destroyByUser'],
    async (context) => {
      const { store, other } = context
      const [user, stranger] = [newUser(), newUser()]
      const records = await writeRecords(store, 3, user)
      const [foreign, nobodys] = [newRecord({ user: stranger }), newRecord()]
      await store.set(foreign.id, foreign, { ttl: DAY })
      await store.set(nobodys.id, nobodys, { ttl: DAY })
      assertEqual(await other.destroyByUser(user), 3, 'how many were removed')
      for (const { id } of records) assertEqual(await store.get(id), null, 'get of a revoked record')
      assertEqual(await store.get(foreign.id), foreign, "another user's record")
      assertEqual(await store.get(nobodys.id), nobodys, "nobody's record")
      assertEqual(await store.destroyByUser(user), 0, 'how many were removed the second time')
    },
  ),

  storeCase(
    'store/revoke-none',
    'destroyByUser of an unknown user removes nothing',
    ['destroyByUser'],
    async ({ store }) => {
      const nobodys = newRecord()
      await store.set(nobodys.id, nobodys, { ttl: DAY })
      for (const user of [newUser(), 'undefined', 'null', '', '%', '*']) {
        assertEqual(
          await store.destroyByUser(user),
          0,
          `how many records of ${JSON.stringify(user)} were removed`,
        )
      }
      assertEqual(await store.get(nobodys.id), nobodys, "nobody's record")
    },
  ),

  storeCase(
    'store/revoke-except',
    'destroyByUser spares the record of `except`',
    ['destroyByUser'],
    async ({ store }) => {
      const user = newUser()
      const [kept, ...others] = await writeRecords(store, 3, user)
      const options = kept === undefined ? {} : { except: kept.id }
      assertEqual(await store.destroyByUser(user, options), 2, 'how many were removed')
      for (const { id } of others) assertEqual(await store.get(id), null, 'get of a revoked record')
      assertEqual(await store.get(kept?.id ?? ''), kept, 'the spared record')
      assertEqual(await store.destroyByUser(user, options), 0, 'how many were removed the second time')
      assertEqual(await store.destroyByUser(user), 1, 'how many were removed without except')
    },
  ),

  storeCase(
    'store/revoke-except-foreign',
    'an `except` of somebody else spares nothing',
    ['destroyByUser'],
    async ({ store }) => {
      const [user, stranger] = [newUser(), newUser()]
      const [foreign] = await writeRecords(store, 1, stranger)
      for (const except of [foreign?.id ?? '', newId()]) {
        const records = await writeRecords(store, 2, user)
        assertEqual(await store.destroyByUser(user, { except }), 2, 'how many were removed')
        for (const { id } of records) assertEqual(await store.get(id), null, 'get of a revoked record')
      }
      assertEqual(await store.get(foreign?.id ?? ''), foreign, "the other user's record")
    },
  ),

  storeCase(
    'store/revoke-names',
    'destroyByUser leaves the records of users that look alike',
    ['destroyByUser'],
    async ({ store }) => {
      const users = lookAlikes(newUser())
      // From either end: what has gone already, nobody can miss.
      for (const inOrder of [users, users.toReversed()]) {
        const records = inOrder.map((user) => newRecord({ user }))
        for (const record of records) await store.set(record.id, record, { ttl: DAY })
        for (const { id, user = '' } of records) {
          const of = `of ${JSON.stringify(user)}`
          assertEqual((await store.get(id))?.id, id, `the record ${of}, when others were revoked`)
          assertEqual(await store.destroyByUser(user), 1, `how many records ${of} were removed`)
          assertEqual(await store.get(id), null, `get of the revoked record ${of}`)
        }
      }
    },
  ),

  storeCase(
    'store/revoke-counts-live',
    'destroyByUser does not count the dead',
    ['destroyByUser'],
    async ({ store, pass }) => {
      const user = newUser()
      const [destroyed] = await writeRecords(store, 3, user)
      const expired = newRecord({ user })
      await store.set(expired.id, expired, { ttl: SHORT_TTL })
      await store.destroy(destroyed?.id ?? '')
      await pass(SHORT_TTL)
      assertEqual(await store.destroyByUser(user), 2, 'how many were removed')
    },
  ),

  storeCase(
    'store/revoke-moved',
    'destroyByUser leaves a record that has gone to another user',
    ['destroyByUser', 'replace'],
    async ({ store }) => {
      const [before, after] = [newUser(), newUser()]
      const [record] = await writeRecords(store, 1, before)
      const moved = { ...newRecord({ user: after }), id: record?.id ?? '', revision: 2 }
      await store.replace(moved.id, moved, { ttl: DAY, revision: 1 })
      assertEqual(await store.destroyByUser(before), 0, 'how many were removed of the user before')
      assertEqual(await store.get(moved.id), moved, 'the record')
      assertEqual(await store.destroyByUser(after), 1, 'how many were removed of the user after')
    },
  ),

  storeCase(
    'store/revoke-stays',
    'a revoked record is not replaced or touched back [P4]',
    ['destroyByUser', 'replace', 'touch'],
    async (context) => {
      const { store, other } = context
      const user = newUser()
      const [record = newRecord()] = await writeRecords(store, 1, user)
      await other.destroyByUser(user)
      const again = { ...record, revision: 2 }
      assertEqual(await store.replace(record.id, again, { ttl: DAY, revision: 1 }), 'missing', 'replace')
      assertEqual(await store.touch(record.id, { ttl: DAY, touchedAt: 1, expiresAt: 2 }), false, 'touch')
      assertEqual(await store.get(record.id), null, 'get')
    },
  ),

  storeCase(
    'store/revoke-extended',
    'a record that was extended is revoked past its first ttl [P4]',
    ['destroyByUser', 'touch'],
    async ({ store, pass }) => {
      // Alone of its user: the entry of another record could keep the index alive.
      const user = newUser()
      const record = newRecord({ user })
      const { touchedAt, expiresAt } = record
      await store.set(record.id, record, { ttl: BRIEF_TTL })
      await store.touch(record.id, { ttl: DAY, touchedAt, expiresAt })
      await pass(BRIEF_TTL)
      assertEqual(await store.destroyByUser(user), 1, 'how many were removed')
      assertEqual(await store.get(record.id), null, 'get of the revoked record')
    },
  ),

  storeCase(
    'store/revoke-1000',
    '1,100 records of one user end in one call',
    ['destroyByUser'],
    async ({ store, other }) => {
      const user = newUser()
      const records = await writeRecords(store, MANY, user)
      const except = records[MANY / 2]?.id ?? ''
      assertEqual(await store.destroyByUser(user, { except }), MANY - 1, 'how many were removed')
      const left: string[] = []
      await inBatches(records, async ({ id }) => {
        if ((await other.get(id)) !== null) left.push(id)
      })
      assertEqual(left, [except], 'what is left')
    },
  ),
]
