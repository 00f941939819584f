import type { SessionRecord } from '../../core/record.ts'
import { assert, assertEqual } from '../assert.ts'
import { DAY, newId, newRecord, newUser } from '../sample-records.ts'
import { type StoreCase, type StoreWith, storeCase } from '../store-case.ts'

const ROUNDS = 50
const MOVE_ROUNDS = 16
const MOVED = 8

/**
 * Two clients at once. A store that checks in one step and writes in another passes some rounds and not others;
 * fifty rounds, with either client starting, leave it little hope.
 */
export const raceCases: readonly StoreCase[] = [
  storeCase(
    'store/race-replace-destroy',
    'a destroy beats every replace in flight [P4]',
    ['replace'],
    (context) =>
      rounds(context, async (first, second, record) => {
        const after = { ...record, data: '{"late":true}', revision: 2 }
        await Promise.all([
          at(() => first.replace(record.id, after, { ttl: DAY, revision: 1 })),
          at(() => second.destroy(record.id)),
        ])
        assertEqual(await first.get(record.id), null, 'get after replace and destroy')
      }),
  ),

  storeCase('store/race-destroy-replace', 'a replace never outlives a destroy [P4]', ['replace'], (context) =>
    rounds(context, async (first, second, record) => {
      const after = { ...record, data: '{"late":true}', revision: 2 }
      await Promise.all([
        at(() => first.destroy(record.id)),
        at(() => second.replace(record.id, after, { ttl: DAY, revision: 1 })),
      ])
      assertEqual(await second.get(record.id), null, 'get after destroy and replace')
    }),
  ),

  storeCase('store/race-touch-destroy', 'a touch never outlives a destroy [P4]', ['touch'], (context) =>
    rounds(context, async (first, second, record) => {
      const times = { touchedAt: record.touchedAt + 1, expiresAt: record.expiresAt + 1 }
      await Promise.all([
        at(() => first.touch(record.id, { ttl: DAY, ...times })),
        at(() => second.destroy(record.id)),
        at(() => first.touch(record.id, { ttl: DAY, ...times })),
      ])
      assertEqual(await first.get(record.id), null, 'get after touch and destroy')
    }),
  ),

  storeCase(
    'store/race-touch-replace',
    'a touch never undoes a replace [P3]',
    ['touch', 'replace'],
    (context) =>
      rounds(context, async (first, second, record) => {
        const after = { ...record, data: '{"new":true}', revision: 2 }
        const times = { touchedAt: record.touchedAt + 1, expiresAt: record.expiresAt + 1 }
        const [, outcome] = await Promise.all([
          at(() => first.touch(record.id, { ttl: DAY, ...times })),
          at(() => second.replace(record.id, after, { ttl: DAY, revision: 1 })),
        ])
        assertEqual(outcome, 'written', 'replace')
        const kept = await first.get(record.id)
        assertEqual(
          { data: kept?.data, revision: kept?.revision },
          { data: after.data, revision: 2 },
          'the record',
        )
      }),
  ),

  storeCase(
    'store/race-revoke-replace',
    'a replace never outlives the revoking of its user [P4]',
    ['replace', 'destroyByUser'],
    (context) =>
      rounds(context, async (first, second, record, user) => {
        const after = { ...record, data: '{"late":true}', revision: 2 }
        await Promise.all([
          at(() => first.replace(record.id, after, { ttl: DAY, revision: 1 })),
          at(() => second.destroyByUser(user)),
        ])
        assertEqual(await first.get(record.id), null, 'get after replace and destroyByUser')
      }),
  ),

  storeCase(
    'store/race-revoke-touch',
    'a touch never outlives the revoking of its user [P4]',
    ['touch', 'destroyByUser'],
    (context) =>
      rounds(context, async (first, second, record, user) => {
        const times = { touchedAt: record.touchedAt + 1, expiresAt: record.expiresAt + 1 }
        await Promise.all([
          at(() => first.touch(record.id, { ttl: DAY, ...times })),
          at(() => second.destroyByUser(user)),
          at(() => first.touch(record.id, { ttl: DAY, ...times })),
        ])
        assertEqual(await first.get(record.id), null, 'get after touch and destroyByUser')
      }),
  ),

  storeCase(
    'store/race-revoke-move',
    'a session that gets a new id does not escape the revoking of its user [P4]',
    ['create', 'replace', 'destroyByUser'],
    async ({ store, other }) => {
      for (let round = 0; round < MOVE_ROUNDS; round++) {
        const user = newUser()
        const before = Array.from({ length: MOVED }, () => newRecord({ user }))
        for (const record of before) await store.create(record.id, record, { ttl: DAY })
        const after = Array.from({ length: MOVED }, () => newRecord({ user }))
        // From either end, whichever end the store begins at.
        if (round % 2) before.reverse()
        const moves = before.map(async (record, index) => {
          await pass(store, index)
          await move(store, record, after[index] ?? record)
        })
        const revoked = pass(other, (round >> 1) % MOVED).then(() => other.destroyByUser(user))
        await Promise.all([...moves, revoked])
        for (const { id } of [...before, ...after])
          assertEqual(await store.get(id), null, 'get of a session that was moved while its user was revoked')
      }
    },
  ),

  storeCase(
    'store/race-increments',
    'parallel increments lose none [P3]',
    ['replace'],
    async ({ store, other }) => {
      const record = newRecord({ data: '0' })
      await store.set(record.id, record, { ttl: DAY })
      const increment = async (client: StoreWith<'replace'>): Promise<void> => {
        for (let attempt = 0; attempt < 1_000; attempt++) {
          const current = await client.get(record.id)
          assert(current !== null, 'The record is gone.')
          const { revision } = current
          const next = { ...current, data: String(Number(current.data) + 1), revision: revision + 1 }
          if ((await client.replace(record.id, next, { ttl: DAY, revision })) === 'written') return
        }
        assert(false, 'A replace met a conflict 1,000 times.')
      }
      await Promise.all(Array.from({ length: 50 }, (_, index) => increment(index % 2 ? store : other)))
      assertEqual((await store.get(record.id))?.data, '50', 'the count')
    },
  ),
]

/** Runs a race on a fresh record many times, with the two clients taking turns to be first. */
async function rounds<S extends StoreWith<never>>(
  { store, other }: { store: S; other: S },
  race: (first: S, second: S, record: SessionRecord, user: string) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const user = newUser()
    const record = newRecord({ user })
    await store.set(record.id, record, { ttl: DAY })
    await (round % 2 ? race(store, other, record, user) : race(other, store, record, user))
  }
}

/** Starts a call now, and turns what a synchronous store throws into a rejection. */
async function at<T>(call: () => T): Promise<Awaited<T>> {
  return await call()
}

/** Lets as much time pass as the store takes for so many calls. */
async function pass(store: StoreWith<never>, calls: number): Promise<void> {
  for (let call = 0; call < calls; call++) await store.get(newId())
}

/** Puts a session under a new id as the engine does: the new record first, then the end of the old one, if it lives. */
async function move(
  store: StoreWith<'create' | 'replace'>,
  before: SessionRecord,
  after: SessionRecord,
): Promise<void> {
  await store.create(after.id, after, { ttl: DAY })
  const ended = await store.replace(before.id, before, { ttl: 0, revision: before.revision })
  if (ended === 'missing') await store.destroy(after.id)
}
