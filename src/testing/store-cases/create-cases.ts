import { assertEqual } from '../assert.ts'
import { DAY, newRecord, newUser } from '../sample-records.ts'
import { SHORT_TTL, type StoreCase, storeCase } from '../store-case.ts'

/** The clauses of create. */
export const createCases: readonly StoreCase[] = [
  storeCase('store/create', 'create writes a record under a free id', ['create'], async ({ store }) => {
    const record = newRecord({ user: newUser() })
    assertEqual(await store.create(record.id, record, { ttl: DAY }), true, 'create')
    assertEqual(await store.get(record.id), record, 'the record')
  }),

  storeCase(
    'store/create-twice',
    'create of a taken id is refused and changes nothing',
    ['create'],
    async (context) => {
      const { store, other, pass } = context
      const first = newRecord({ user: newUser() })
      const second = newRecord({ id: first.id, data: '{"stolen":true}', user: newUser() })
      await store.create(first.id, first, { ttl: DAY })
      assertEqual(await store.create(first.id, second, { ttl: SHORT_TTL }), false, 'the second create')
      assertEqual(
        await other.create(first.id, second, { ttl: SHORT_TTL }),
        false,
        "the other client's create",
      )
      assertEqual(await store.create(first.id, second, { ttl: 0 }), false, 'a create with ttl 0')
      await pass(SHORT_TTL)
      assertEqual(await store.get(first.id), first, 'the first record')
    },
  ),

  storeCase(
    'store/create-over-set',
    'create of an id that set wrote is refused',
    ['create'],
    async ({ store }) => {
      const record = newRecord()
      await store.set(record.id, record, { ttl: DAY })
      assertEqual(await store.create(record.id, { ...record, data: '{}' }, { ttl: DAY }), false, 'create')
      assertEqual(await store.get(record.id), record, 'the record')
    },
  ),

  storeCase('store/create-over-expired', 'an expired id is free', ['create'], async ({ store, pass }) => {
    const first = newRecord({ user: newUser(), revision: 5 })
    const second = newRecord({ id: first.id, data: '{"second":true}' })
    await store.create(first.id, first, { ttl: SHORT_TTL })
    await pass(SHORT_TTL)
    assertEqual(await store.create(first.id, second, { ttl: DAY }), true, 'create')
    assertEqual(await store.get(first.id), second, 'the record')
  }),

  storeCase('store/create-after-destroy', 'a destroyed id is free', ['create'], async ({ store }) => {
    const record = newRecord()
    await store.create(record.id, record, { ttl: DAY })
    await store.destroy(record.id)
    assertEqual(await store.create(record.id, { ...record, data: '{}' }, { ttl: DAY }), true, 'create')
    assertEqual(await store.get(record.id), { ...record, data: '{}' }, 'the record')
  }),

  storeCase(
    'store/expired-create',
    'create with a ttl of zero or less leaves no record',
    ['create'],
    async ({ store }) => {
      for (const ttl of [0, -1, -DAY]) {
        const record = newRecord({ user: newUser() })
        await store.create(record.id, record, { ttl })
        assertEqual(await store.get(record.id), null, `get after create with ttl ${ttl}`)
        assertEqual(await store.create(record.id, record, { ttl: DAY }), true, 'create of the id again')
      }
    },
  ),

  storeCase(
    'store/parallel-create',
    'of parallel creates of one id exactly one succeeds',
    ['create'],
    async (context) => {
      const { store, other } = context
      for (let round = 0; round < 5; round++) {
        const { id } = newRecord()
        const records = Array.from({ length: 20 }, (_, index) => newRecord({ id, data: `{"n":${index}}` }))
        const answers = await Promise.all(
          records.map(async (record, index) => (index % 2 ? store : other).create(id, record, { ttl: DAY })),
        )
        const winners = records.filter((_, index) => answers[index] === true)
        assertEqual(winners.length, 1, 'how many creates succeeded')
        assertEqual(await store.get(id), winners[0], 'the record')
      }
    },
  ),
]
