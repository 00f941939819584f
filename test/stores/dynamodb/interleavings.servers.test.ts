import { expect, test } from 'vitest'
import type { SessionRecord } from '../../../src/core/record.ts'
import { DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import { newRecord, newUser } from '../../../src/testing/sample-records.ts'
import { SeededRandom } from '../../engine/seeded-random.ts'
import { drawnClient } from './drawn-client.ts'
import { expireItems } from './expire-items.ts'
import { serveDynamoDb } from './served.ts'

const SEEDS = 60
const FEWER_SEEDS = 30
const HOUR = 3_600_000

// What is over by the clock of some tests is deleted, and must not be of the others.
const TABLE_OF_THE_PAST = 'sessions_in_the_past'
const START = 300_000

const served = serveDynamoDb(async (client) => {
  await new DynamoDbSessionStore(client).migrate()
  await new DynamoDbSessionStore(client, { table: TABLE_OF_THE_PAST }).migrate()
})

/** Puts a session under a new id as the engine does: the new record first, then the end of the old one, if it lives. */
async function move(store: DynamoDbSessionStore, old: SessionRecord, fresh: SessionRecord): Promise<boolean> {
  if (!(await store.create(fresh.id, fresh, { ttl: HOUR }))) return false
  const outcome = await store.replace(old.id, old, { ttl: 0, revision: old.revision })
  if (outcome === 'missing') await store.destroy(fresh.id)
  return outcome === 'written'
}

test(`in ${SEEDS} orders of requests, who is revoked does not escape under a new id, and all that live are listed [P4]`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = new SeededRandom(seed)
    const drawn = drawnClient(served.client, random)
    const store = new DynamoDbSessionStore(drawn.client)
    const direct = new DynamoDbSessionStore(served.client)
    const user = newUser()
    const [moving, second, third, used, left, login] = Array.from({ length: 6 }, () => newRecord({ user }))
    if (!moving || !second || !third || !used || !left || !login)
      throw new Error('There are too few records.')
    for (const { id, ...record } of [moving, used, left])
      await direct.create(id, { id, ...record }, { ttl: HOUR })

    const acknowledged = new Set<string>()
    const isBefore = new Set<string>()
    const actors = [
      async () => {
        if (await move(store, moving, second)) await move(store, second, third)
      },
      async () => {
        // Far past what its name was for.
        await store.touch(used.id, { ttl: 9 * HOUR, touchedAt: 1, expiresAt: 2 })
        await store.replace(used.id, { ...used, revision: 2 }, { ttl: 40 * HOUR, revision: used.revision })
      },
      () => store.destroy(left.id),
      async () => {
        if (await store.create(login.id, login, { ttl: HOUR })) acknowledged.add(login.id)
      },
      async () => {
        for (let pause = random.below(12); pause > 0; pause--) await store.get('somebody')
        for (const id of acknowledged) isBefore.add(id)
        await store.destroyByUser(user)
      },
    ]
    await drawn.run(actors.map((act) => act()))

    const trace = `seed ${seed}:\n${drawn.trace.join('\n')}`
    for (const { id } of [moving, second, third, used, left]) expect(await direct.get(id), trace).toBeNull()
    for (const id of isBefore) expect(await direct.get(id), trace).toBeNull()
    const living = await direct.get(login.id)
    expect(await direct.listByUser(user), trace).toEqual(living === null ? [] : [living])
  }
}, 120_000)

test(`in ${FEWER_SEEDS} orders of requests without a revocation, all that live are listed, for as long as they live`, async () => {
  for (let seed = 1; seed <= FEWER_SEEDS; seed++) {
    const drawn = drawnClient(served.client, new SeededRandom(seed))
    let now = START * HOUR
    const store = new DynamoDbSessionStore(drawn.client, { table: TABLE_OF_THE_PAST, now: () => now })
    const direct = new DynamoDbSessionStore(served.client, { table: TABLE_OF_THE_PAST, now: () => now })
    const [user, other] = [newUser(), newUser()]
    const [one, fresh] = [newRecord({ user }), newRecord({ user })]
    await direct.create(one.id, one, { ttl: HOUR })
    const long = { ttl: 9 * HOUR, touchedAt: 1, expiresAt: 2 }
    await drawn.run(
      [
        () => store.touch(one.id, long),
        () => store.replace(one.id, { ...one, revision: 2 }, { ttl: 4 * HOUR, revision: 1 }),
        () => store.replace(one.id, { ...one, user: other, revision: 2 }, { ttl: 30 * HOUR, revision: 1 }),
        () => store.touch(one.id, { ...long, ttl: 20 * HOUR }),
        () => move(store, one, fresh),
      ].map((act) => act()),
    )
    for (const later of [0, 3, 8, 19]) {
      now = (START + later) * HOUR
      await expireItems(served.client, TABLE_OF_THE_PAST, now)
      const found = await Promise.all([one, fresh].map(({ id }) => direct.get(id)))
      const living = found.filter((record) => record !== null)
      const listed = [...(await direct.listByUser(user)), ...(await direct.listByUser(other))]
      expect(new Set(listed), `seed ${seed}:\n${drawn.trace.join('\n')}`).toEqual(new Set(living))
    }
  }
}, 120_000)
