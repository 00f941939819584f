import { isPromise } from '../../core/awaitable.ts'
import { assertEqual } from '../assert.ts'
import { DAY, newId, newRecord, newUser } from '../sample-records.ts'
import { type StoreCase, storeCase } from '../store-case.ts'

/** The clauses of get, set, destroy and dispose. */
export const basicCases: readonly StoreCase[] = [
  storeCase(
    'store/immediate',
    'a store that says it is immediate answers get without a promise',
    [],
    async ({ store }) => {
      const record = newRecord()
      await store.set(record.id, record, { ttl: DAY })
      const answers = [store.get(record.id), store.get(newId())]
      const waits = answers.map(isPromise)
      await Promise.all(answers)
      assertEqual(store.immediate === true && waits.includes(true), false, 'immediate, but with a promise')
    },
  ),

  storeCase('store/get-missing', 'get of an id that was never written gives null', [], async ({ store }) => {
    assertEqual(await store.get(newId()), null, 'get')
  }),

  storeCase('store/set-get', 'get gives every field as set wrote it', [], async ({ store }) => {
    const record = newRecord({ user: newUser(), revision: 7 })
    await store.set(record.id, record, { ttl: DAY })
    assertEqual(await store.get(record.id), record, 'the record')
  }),

  storeCase('store/user-absent', 'a record without a user comes back without one', [], async ({ store }) => {
    const record = newRecord()
    await store.set(record.id, record, { ttl: DAY })
    assertEqual(await store.get(record.id), record, 'the record')
  }),

  storeCase('store/set-over', 'set writes over whatever was there, whole', [], async ({ store }) => {
    const first = newRecord({ user: newUser(), revision: 9 })
    const second = newRecord({ id: first.id, data: '{}', revision: 2, createdAt: first.createdAt - 5 })
    await store.set(first.id, first, { ttl: DAY })
    await store.set(first.id, second, { ttl: DAY })
    assertEqual(await store.get(first.id), second, 'the record')
  }),

  storeCase(
    'store/records-apart',
    'a write or destroy of one id leaves others alone',
    [],
    async ({ store }) => {
      const [kept, gone] = [newRecord(), newRecord()]
      await store.set(kept.id, kept, { ttl: DAY })
      await store.set(gone.id, gone, { ttl: DAY })
      await store.destroy(gone.id)
      assertEqual(await store.get(kept.id), kept, 'the other record')
    },
  ),

  storeCase('store/destroy', 'get gives null after destroy', [], async ({ store }) => {
    const record = newRecord({ user: newUser() })
    await store.set(record.id, record, { ttl: DAY })
    await store.destroy(record.id)
    assertEqual(await store.get(record.id), null, 'get')
  }),

  storeCase('store/destroy-missing', 'destroy of a missing id is not an error', [], async ({ store }) => {
    const record = newRecord()
    await store.destroy(record.id)
    await store.set(record.id, record, { ttl: DAY })
    await store.destroy(record.id)
    await store.destroy(record.id)
    assertEqual(await store.get(record.id), null, 'get')
  }),

  storeCase(
    'store/other-client',
    'another client sees a write and a destroy at once',
    [],
    async ({ store, other }) => {
      const record = newRecord()
      await store.set(record.id, record, { ttl: DAY })
      assertEqual(await other.get(record.id), record, 'the record, by the other client')
      const changed = { ...record, data: '{"changed":true}', revision: 2 }
      await store.set(record.id, changed, { ttl: DAY })
      assertEqual(await other.get(record.id), changed, 'the changed record, by the other client')
      await store.destroy(record.id)
      assertEqual(await other.get(record.id), null, 'get by the other client after a destroy')
      await store.set(record.id, record, { ttl: DAY })
      await other.destroy(record.id)
      assertEqual(await store.get(record.id), null, 'get after the other client destroyed it')
    },
  ),

  storeCase('store/parallel-set', 'of parallel sets one stands whole', [], async ({ store, other }) => {
    const records = Array.from({ length: 20 }, (_, index) =>
      newRecord({ data: `{"n":${index}}`, revision: index + 1 }),
    )
    const [{ id } = newRecord()] = records
    await Promise.all(
      records.map(async (record, index) =>
        (index % 2 ? store : other).set(id, { ...record, id }, { ttl: DAY }),
      ),
    )
    const kept = await store.get(id)
    const written = records.find(({ revision }) => revision === kept?.revision)
    assertEqual(kept, { ...written, id }, 'the record')
  }),

  storeCase(
    'store/gives-copies',
    'changing a record that get gave changes nothing stored',
    [],
    async ({ store }) => {
      const record = newRecord()
      await store.set(record.id, { ...record }, { ttl: DAY })
      const given = await store.get(record.id)
      if (given) Object.assign(given, { data: '{"admin":true}', user: 'somebody', revision: 99 })
      assertEqual(await store.get(record.id), record, 'the record')
    },
  ),

  storeCase(
    'store/takes-copies',
    'changing a record after set changes nothing stored',
    [],
    async ({ store }) => {
      const record = newRecord()
      const handedIn = { ...record }
      await store.set(record.id, handedIn, { ttl: DAY })
      Object.assign(handedIn, { data: '{"admin":true}', user: 'somebody', revision: 99 })
      assertEqual(await store.get(record.id), record, 'the record')
    },
  ),

  storeCase('store/dispose-twice', 'dispose may be called twice', [], async ({ store }) => {
    const record = newRecord()
    await store.set(record.id, record, { ttl: DAY })
    await store.dispose?.()
    await store.dispose?.()
  }),
]
