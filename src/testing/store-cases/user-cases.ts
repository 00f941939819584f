import type { SessionRecord } from '../../core/record.ts'
import { assertEqual } from '../assert.ts'
import { assertLists } from '../assert-lists.ts'
import { lookAlikes } from '../look-alikes.ts'
import { DAY, newRecord, newUser } from '../sample-records.ts'
import { type StoreCase, storeCase } from '../store-case.ts'
import { MANY, writeRecords } from '../written-records.ts'

/** The clauses of listByUser. */
export const userCases: readonly StoreCase[] = [
  storeCase(
    'store/list',
    'listByUser gives the whole records of that user only',
    ['listByUser'],
    async ({ store, other }) => {
      const [user, stranger] = [newUser(), newUser()]
      const records = [
        newRecord({ user, data: '"a"' }),
        newRecord({ user, revision: 4 }),
        newRecord({ user }),
      ]
      for (const record of [...records, newRecord({ user: stranger }), newRecord()]) {
        await store.set(record.id, record, { ttl: DAY })
      }
      await assertLists(store, user, records)
      await assertLists(other, user, records)
    },
  ),

  storeCase(
    'store/list-none',
    'listByUser of an unknown user is empty',
    ['listByUser'],
    async ({ store }) => {
      await store.set(...anonymous())
      await assertLists(store, newUser(), [])
      await assertLists(store, 'undefined', [])
      await assertLists(store, 'null', [])
      await assertLists(store, '', [])
    },
  ),

  storeCase(
    'store/user-names',
    'users that look alike are different users',
    ['listByUser'],
    async ({ store }) => {
      const records = lookAlikes(newUser()).map((user) => newRecord({ user, data: JSON.stringify(user) }))
      for (const record of records) await store.set(record.id, record, { ttl: DAY })
      for (const record of records) {
        assertEqual(await store.get(record.id), record, 'the record')
        await assertLists(store, record.user ?? '', [record])
      }
    },
  ),

  storeCase(
    'store/list-many',
    '1,100 records of one user are listed in one call',
    ['listByUser'],
    async ({ store, other }) => {
      const user = newUser()
      await assertLists(other, user, await writeRecords(store, MANY, user))
    },
  ),
]

function anonymous(): [string, SessionRecord, { ttl: number }] {
  const record = newRecord()
  return [record.id, record, { ttl: DAY }]
}
