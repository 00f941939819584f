import { assertEqual } from '../assert.ts'
import { DAY, newId, newRecord, newUser } from '../sample-records.ts'
import { BRIEF_TTL, SHORT_TTL, type StoreCase, storeCase } from '../store-case.ts'

/** The clauses of touch. */
export const touchCases: readonly StoreCase[] = [
  storeCase(
    'store/touch',
    'touch moves touchedAt and expiresAt, and nothing else',
    ['touch'],
    async ({ store }) => {
      const record = newRecord({ user: newUser(), revision: 5, data: '{"kept":true}' })
      const times = { touchedAt: record.touchedAt + 1_000, expiresAt: record.expiresAt + 1_000 }
      await store.set(record.id, record, { ttl: DAY })
      assertEqual(await store.touch(record.id, { ttl: DAY, ...times }), true, 'touch')
      assertEqual(await store.get(record.id), { ...record, ...times }, 'the record')
    },
  ),

  storeCase(
    'store/touch-anonymous',
    'touch gives an anonymous record no user',
    ['touch'],
    async ({ store }) => {
      const record = newRecord()
      const times = { touchedAt: record.touchedAt - 1_000, expiresAt: record.expiresAt - 1_000 }
      await store.set(record.id, record, { ttl: DAY })
      await store.touch(record.id, { ttl: DAY, ...times })
      assertEqual(await store.get(record.id), { ...record, ...times }, 'the record')
    },
  ),

  storeCase('store/touch-moves-ttl', 'touch counts the new ttl only', ['touch'], async ({ store, pass }) => {
    const [longer, shorter] = [newRecord(), newRecord()]
    const { touchedAt, expiresAt } = longer
    await store.set(longer.id, longer, { ttl: BRIEF_TTL })
    await store.set(shorter.id, shorter, { ttl: DAY })
    await store.touch(longer.id, { ttl: DAY, touchedAt, expiresAt })
    await store.touch(shorter.id, { ttl: BRIEF_TTL, touchedAt, expiresAt })
    await pass(BRIEF_TTL)
    assertEqual(await store.get(longer.id), { ...longer, touchedAt, expiresAt }, 'the record made to last')
    assertEqual(await store.get(shorter.id), null, 'the record made to end')
  }),

  storeCase(
    'store/touch-missing',
    'touch of a missing id is false and writes nothing',
    ['touch'],
    async ({ store }) => {
      const id = newId()
      assertEqual(await store.touch(id, { ttl: DAY, touchedAt: 1, expiresAt: 2 }), false, 'touch')
      assertEqual(await store.get(id), null, 'get')
    },
  ),

  storeCase(
    'store/touch-destroyed',
    'touch never brings a destroyed record back [P4]',
    ['touch'],
    async (context) => {
      const { store, other } = context
      const record = newRecord({ user: newUser() })
      await store.set(record.id, record, { ttl: DAY })
      await other.destroy(record.id)
      assertEqual(await store.touch(record.id, { ttl: DAY, touchedAt: 1, expiresAt: 2 }), false, 'touch')
      assertEqual(await store.get(record.id), null, 'get')
    },
  ),

  storeCase(
    'store/touch-expired',
    'touch never brings an expired record back [P4]',
    ['touch'],
    async (context) => {
      const { store, pass } = context
      const record = newRecord({ user: newUser() })
      await store.set(record.id, record, { ttl: SHORT_TTL })
      await pass(SHORT_TTL)
      assertEqual(await store.touch(record.id, { ttl: DAY, touchedAt: 1, expiresAt: 2 }), false, 'touch')
      assertEqual(await store.get(record.id), null, 'get')
    },
  ),

  // What it answers then is left open: the contract says what is there afterwards, not what it is called.
  storeCase(
    'store/expired-touch',
    'touch with a ttl of zero or less ends the record',
    ['touch'],
    async ({ store }) => {
      for (const ttl of [0, -1]) {
        const record = newRecord({ user: newUser() })
        await store.set(record.id, record, { ttl: DAY })
        await store.touch(record.id, { ttl, touchedAt: record.touchedAt, expiresAt: record.expiresAt })
        assertEqual(await store.get(record.id), null, `get after touch with ttl ${ttl}`)
      }
    },
  ),

  storeCase(
    'store/touch-then-replace',
    'touch leaves the revision to replace over',
    ['touch', 'replace'],
    async (context) => {
      const { store } = context
      const record = newRecord({ revision: 8 })
      const after = { ...record, data: '{"after":1}', revision: 9 }
      await store.set(record.id, record, { ttl: DAY })
      await store.touch(record.id, { ttl: DAY, touchedAt: 1, expiresAt: 2 })
      assertEqual(await store.replace(record.id, after, { ttl: DAY, revision: 8 }), 'written', 'replace')
      assertEqual(await store.get(record.id), after, 'the record')
    },
  ),
]
