import { assertLists } from '../assert-lists.ts'
import { DAY, newRecord, newUser } from '../sample-records.ts'
import { BRIEF_TTL, SHORT_TTL, type StoreCase, storeCase } from '../store-case.ts'

/** The index of users follows the records, whichever way they come and go. */
export const userIndexCases: readonly StoreCase[] = [
  storeCase(
    'store/list-created',
    'create enters the record in the index',
    ['listByUser', 'create'],
    async ({ store }) => {
      const user = newUser()
      const record = newRecord({ user })
      await store.create(record.id, record, { ttl: DAY })
      await store.create(record.id, newRecord({ id: record.id, user: newUser() }), { ttl: DAY })
      await assertLists(store, user, [record])
    },
  ),

  storeCase(
    'store/list-destroyed',
    'destroy takes the record out of the index',
    ['listByUser'],
    async ({ store }) => {
      const user = newUser()
      const [kept, gone] = [newRecord({ user }), newRecord({ user })]
      await store.set(kept.id, kept, { ttl: DAY })
      await store.set(gone.id, gone, { ttl: DAY })
      await store.destroy(gone.id)
      await assertLists(store, user, [kept])
      // The id again, for somebody else: an entry left behind would list it.
      await store.set(gone.id, { ...gone, user: newUser() }, { ttl: DAY })
      await assertLists(store, user, [kept])
    },
  ),

  storeCase(
    'store/list-expired',
    'an expired record is not listed',
    ['listByUser'],
    async ({ store, pass }) => {
      const user = newUser()
      const [kept, gone] = [newRecord({ user }), newRecord({ user })]
      await store.set(kept.id, kept, { ttl: DAY })
      await store.set(gone.id, gone, { ttl: SHORT_TTL })
      await pass(SHORT_TTL)
      await assertLists(store, user, [kept])
      await store.set(gone.id, { ...gone, user: newUser() }, { ttl: DAY })
      await assertLists(store, user, [kept])
    },
  ),

  storeCase(
    'store/list-set-over',
    'set over a record moves it to its new user',
    ['listByUser'],
    async ({ store }) => {
      const [before, after] = [newUser(), newUser()]
      const record = newRecord({ user: before })
      await store.set(record.id, record, { ttl: DAY })
      const moved = { ...record, user: after }
      await store.set(record.id, moved, { ttl: DAY })
      await assertLists(store, before, [])
      await assertLists(store, after, [moved])
      const { user: _user, ...nobodys } = moved
      await store.set(record.id, nobodys, { ttl: DAY })
      await assertLists(store, after, [])
      await store.set(record.id, record, { ttl: DAY })
      await assertLists(store, before, [record])
    },
  ),

  storeCase(
    'store/list-replaced',
    'replace moves the record to its new user',
    ['listByUser', 'replace'],
    async ({ store }) => {
      const [before, after] = [newUser(), newUser()]
      const nobodys = newRecord()
      await store.set(nobodys.id, nobodys, { ttl: DAY })
      const first = { ...nobodys, user: before, revision: 2 }
      await store.replace(nobodys.id, first, { ttl: DAY, revision: 1 })
      await assertLists(store, before, [first])
      const moved = { ...first, user: after, revision: 3 }
      await store.replace(nobodys.id, { ...moved, user: newUser() }, { ttl: DAY, revision: 1 })
      await assertLists(store, before, [first])
      await store.replace(nobodys.id, moved, { ttl: DAY, revision: 2 })
      await assertLists(store, before, [])
      await assertLists(store, after, [moved])
      await store.replace(nobodys.id, { ...nobodys, revision: 4 }, { ttl: DAY, revision: 3 })
      await assertLists(store, after, [])
    },
  ),

  storeCase(
    'store/list-ended',
    'a record that a ttl of zero ended is not listed',
    ['listByUser', 'replace', 'touch'],
    async ({ store }) => {
      const user = newUser()
      const records = [newRecord({ user }), newRecord({ user }), newRecord({ user })]
      for (const record of records) await store.set(record.id, record, { ttl: DAY })
      const [bySet, byReplace, byTouch] = records.map(({ id }) => id)
      await store.set(bySet ?? '', newRecord({ user }), { ttl: 0 })
      await store.replace(byReplace ?? '', newRecord({ user }), { ttl: 0, revision: 1 })
      await store.touch(byTouch ?? '', { ttl: 0, touchedAt: 1, expiresAt: 1 })
      await assertLists(store, user, [])
    },
  ),

  storeCase(
    'store/list-extended',
    'a record that was extended stays listed past its first ttl',
    ['listByUser', 'replace', 'touch'],
    async ({ store, pass }) => {
      const user = newUser()
      const touched = newRecord({ user })
      const replaced = newRecord({ user })
      await store.set(touched.id, touched, { ttl: BRIEF_TTL })
      await store.set(replaced.id, replaced, { ttl: BRIEF_TTL })
      await store.touch(touched.id, { ttl: DAY, touchedAt: 3, expiresAt: 4 })
      await store.replace(replaced.id, { ...replaced, revision: 2 }, { ttl: DAY, revision: 1 })
      await pass(BRIEF_TTL)
      await assertLists(store, user, [
        { ...touched, touchedAt: 3, expiresAt: 4 },
        { ...replaced, revision: 2 },
      ])
    },
  ),
]
