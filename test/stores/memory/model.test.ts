import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import type { SessionRecord } from '../../../src/core/record.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { ModelStore } from './model-store.ts'

const SWEEP = 50

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
const users = fc.constantFrom(undefined, 'u', 'v', 'w')
const ttls = fc.constantFrom(0, -1, 1, 20, 49, 50, 200)
const revisions = fc.integer({ min: 1, max: 3 })

const record = (id: string, user: string | undefined, revision: number): SessionRecord => ({
  id,
  data: `${id} ${user} ${revision}`,
  revision,
  createdAt: 1.5,
  touchedAt: 2,
  expiresAt: 3,
  ...(user !== undefined && { user }),
})

/** What can be done to a store: run on the store and on the model, its answers must agree. */
type Step = (store: MemorySessionStore | ModelStore) => unknown

const steps: fc.Arbitrary<Step> = fc.oneof(
  ids.map(
    (id): Step =>
      (store) =>
        store.get(id),
  ),
  fc.tuple(ids, users, revisions, ttls).map(
    ([id, user, revision, ttl]): Step =>
      (store) =>
        store.set(id, record(id, user, revision), { ttl }),
  ),
  fc.tuple(ids, users, ttls).map(
    ([id, user, ttl]): Step =>
      (store) =>
        store.create(id, record(id, user, 1), { ttl }),
  ),
  fc.tuple(ids, users, revisions, ttls).map(
    ([id, user, revision, ttl]): Step =>
      (store) =>
        store.replace(id, record(id, user, revision + 1), { ttl, revision }),
  ),
  fc.tuple(ids, ttls).map(
    ([id, ttl]): Step =>
      (store) =>
        store.touch(id, { ttl, touchedAt: 7, expiresAt: 8 }),
  ),
  ids.map(
    (id): Step =>
      (store) =>
        store.destroy(id),
  ),
  users.map(
    (user): Step =>
      (store) =>
        store
          .listByUser(user ?? 'u')
          .map(({ id }) => id)
          .toSorted(),
  ),
  fc.tuple(users, fc.option(ids, { nil: undefined })).map(
    ([user, except]): Step =>
      (store) =>
        store.destroyByUser(user ?? 'u', except === undefined ? {} : { except }),
  ),
  fc.constant<Step>((store) =>
    store
      .entries()
      .records.map(({ id }) => id)
      .toSorted(),
  ),
  fc.constant<Step>((store) => [store.count(), store.size]),
)

const passages = fc.integer({ min: 0, max: 2 * SWEEP }).map((milliseconds) => ({ milliseconds }))

afterEach(() => {
  vi.useRealTimers()
})

test('any run of calls, passing time and sweeps answers as a plain list of records would', () => {
  const runs = fc.array(fc.oneof({ weight: 6, arbitrary: steps }, { weight: 1, arbitrary: passages }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 9 }), (run, maxSessions) => {
      vi.useFakeTimers({ now: 0 })
      const store = new MemorySessionStore({ maxSessions, cleanupInterval: SWEEP })
      const model = new ModelStore({ maxSessions, cleanupInterval: SWEEP, now: Date.now })
      const evicted: string[] = []
      store.onEvict((id) => evicted.push(id))
      for (const step of run) {
        if ('milliseconds' in step) vi.advanceTimersByTime(step.milliseconds)
        else expect(step(store)).toEqual(step(model))
        expect(evicted).toEqual(model.evicted)
      }
      store.dispose()
    }),
    { numRuns: 10_000 },
  )
})
