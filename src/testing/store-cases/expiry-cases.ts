import type { SessionRecord } from '../../core/record.ts'
import type { SessionStore } from '../../core/store.ts'
import { assertEqual } from '../assert.ts'
import { DAY, newRecord, newUser } from '../sample-records.ts'
import { type CaseContext, SHORT_TTL, type StoreCase, storeCase } from '../store-case.ts'

/**
 * Days whose milliseconds do not fit 32 bits. Cut to 32 bits, 400 days are two, 390 days with a sign lie in the
 * past, and a timer of any of them rings at once.
 */
const LONG_DAYS = [25, 50, 390, 400]

/** A ttl is counted on the store's own clock, from the write. */
export const expiryCases: readonly StoreCase[] = [
  storeCase(
    'store/ttl-ends',
    'a record is not given out once its ttl has run out',
    [],
    async ({ store, other, pass }) => {
      const record = newRecord()
      await store.set(record.id, record, { ttl: SHORT_TTL })
      await pass(SHORT_TTL)
      assertEqual(await store.get(record.id), null, 'get')
      assertEqual(await other.get(record.id), null, 'get by the other client')
    },
  ),

  storeCase(
    'store/ttl-lasts',
    'a record is given out until its ttl has run out',
    [],
    async ({ store, pass }) => {
      const record = newRecord()
      await store.set(record.id, record, { ttl: 100 * SHORT_TTL })
      await pass(SHORT_TTL)
      assertEqual(await store.get(record.id), record, 'the record')
    },
  ),

  storeCase(
    'store/set-moves-ttl',
    'set over a record counts the new ttl only',
    [],
    async ({ store, pass }) => {
      const [longer, shorter] = [newRecord(), newRecord()]
      await store.set(longer.id, longer, { ttl: SHORT_TTL })
      await store.set(longer.id, longer, { ttl: DAY })
      await store.set(shorter.id, shorter, { ttl: DAY })
      await store.set(shorter.id, shorter, { ttl: SHORT_TTL })
      await pass(SHORT_TTL)
      assertEqual(await store.get(longer.id), longer, 'the record made to last')
      assertEqual(await store.get(shorter.id), null, 'the record made to end')
    },
  ),

  storeCase('store/expired-set', 'set with a ttl of zero or less leaves no record', [], async ({ store }) => {
    for (const ttl of [0, -1, -400 * DAY]) {
      const record = newRecord({ user: newUser() })
      await store.set(record.id, record, { ttl })
      assertEqual(await store.get(record.id), null, `get after set with ttl ${ttl}`)
      await store.set(record.id, record, { ttl: DAY })
      await store.set(record.id, record, { ttl })
      assertEqual(await store.get(record.id), null, `get after set with ttl ${ttl} over a live record`)
    }
  }),

  storeCase('store/ttl-400-days', 'set with a ttl of up to 400 days keeps the record', [], (context) =>
    keepsForDays(context, async (record, ttl) => context.store.set(record.id, record, { ttl })),
  ),

  storeCase('store/create-400-days', 'create with a ttl of up to 400 days keeps it', ['create'], (context) =>
    keepsForDays(context, async (record, ttl) => context.store.create(record.id, record, { ttl })),
  ),

  storeCase(
    'store/replace-400-days',
    'replace with a ttl of up to 400 days keeps it',
    ['replace'],
    (context) =>
      keepsForDays(context, async (record, ttl) => {
        await context.store.set(record.id, record, { ttl: DAY })
        await context.store.replace(record.id, record, { ttl, revision: record.revision })
      }),
  ),

  storeCase('store/touch-400-days', 'touch with a ttl of up to 400 days keeps it', ['touch'], (context) =>
    keepsForDays(context, async (record, ttl) => {
      await context.store.set(record.id, record, { ttl: DAY })
      await context.store.touch(record.id, { ttl, touchedAt: record.touchedAt, expiresAt: record.expiresAt })
    }),
  ),

  storeCase(
    'store/clock-behind',
    "a record of a day ago by the writer's clock lives by its ttl",
    [],
    async ({ store, pass }) => {
      await livesByTtl(store, pass, -2 * DAY)
    },
  ),

  storeCase(
    'store/clock-ahead',
    "a record of tomorrow by the writer's clock lives by its ttl",
    [],
    async ({ store, pass }) => {
      await livesByTtl(store, pass, 2 * DAY)
    },
  ),

  storeCase(
    'store/clock-1970',
    "a record of 1970 by the writer's clock lives by its ttl",
    [],
    async ({ store, pass }) => {
      await livesByTtl(store, pass, -Date.now())
    },
  ),
]

/** Checks that a record written with a long ttl lives until then, or as much of it as can be waited for. */
async function keepsForDays(
  { store, pass, canPassDays }: CaseContext<never>,
  write: (record: SessionRecord, ttl: number) => Promise<unknown>,
): Promise<void> {
  const records = LONG_DAYS.map((days) => ({ days, record: newRecord() }))
  for (const { days, record } of records) await write(record, days * DAY)
  if (!canPassDays) await pass(SHORT_TTL)
  let passed = 0
  for (const { days, record } of records) {
    if (canPassDays) await pass(days * DAY - 1 - passed)
    assertEqual(await store.get(record.id), record, `the record with a ttl of ${days} days`)
    if (!canPassDays) continue
    await pass(1)
    passed = days * DAY
    assertEqual(await store.get(record.id), null, `get after ${days} days`)
  }
}

/** Checks that the record's own times decide nothing, and come back as they were written. */
async function livesByTtl(
  store: SessionStore,
  pass: (ms: number) => Promise<void>,
  skew: number,
): Promise<void> {
  const shifted = (record: SessionRecord): SessionRecord => ({
    ...record,
    createdAt: record.createdAt + skew,
    touchedAt: record.touchedAt + skew,
    expiresAt: record.expiresAt + skew,
  })
  const [lasting, ending] = [
    shifted(newRecord({ createdAt: Date.now() })),
    shifted(newRecord({ createdAt: Date.now() })),
  ]
  await store.set(lasting.id, lasting, { ttl: DAY })
  await store.set(ending.id, ending, { ttl: SHORT_TTL })
  await pass(SHORT_TTL)
  assertEqual(await store.get(lasting.id), lasting, 'the record with a ttl of a day')
  assertEqual(await store.get(ending.id), null, 'the record whose ttl has run out')
}
