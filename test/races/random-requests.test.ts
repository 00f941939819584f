import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SessionStore } from '../../src/core/store.ts'
import { type Failure, scheduledStore } from '../engine/scheduled-store.ts'
import type { SeededRandom } from '../engine/seeded-random.ts'
import { runRandomRequests, type StoresOf } from './random/random-run.ts'
import type { WatchedStore } from './random/watched-store.ts'

const RUNS = 800

// One seed is run by itself with RANDOM_REQUESTS_SEED=17 in the environment.
const ONE_SEED = process.env.RANDOM_REQUESTS_SEED
const SEEDS =
  ONE_SEED === undefined ? Array.from({ length: RUNS }, (_, index) => index + 1) : [Number(ONE_SEED)]

const IN_TIME = 2_000
// As long as some dozen turns, so that some answers come too late.
const LATE = 14
const FAILS = 0.08

const SETTINGS: ReadonlyArray<[string, number, StoresOf]> = [
  ['on a store that answers later', IN_TIME, (store, scheduler) => [scheduledStore(store, scheduler)]],
  [
    'in two processes on one store',
    IN_TIME,
    (store, scheduler) => [scheduledStore(store, scheduler), scheduledStore(store, scheduler)],
  ],
  ['on the memory store', IN_TIME, (store) => [store]],
  [
    'in two processes on a store that fails once',
    IN_TIME,
    (store, scheduler, random) => {
      const draw = failsOnce(random)
      return [scheduledStore(store, scheduler, draw), scheduledStore(store, scheduler, draw)]
    },
  ],
  [
    'in two processes on a store that answers too late',
    LATE,
    (store, scheduler) => [scheduledStore(store, scheduler), scheduledStore(store, scheduler)],
  ],
  [
    'on a store with get, set and destroy that fails once',
    IN_TIME,
    (store, scheduler, random) => [basic(scheduledStore(store, scheduler, failsOnce(random)))],
  ],
  [
    'on a store with get, set and destroy that answers too late',
    LATE,
    (store, scheduler) => [basic(scheduledStore(store, scheduler))],
  ],
]

/** Draws at most one call that fails. */
function failsOnce(random: SeededRandom): () => Failure {
  let failed = false
  return () => {
    if (failed || !random.chance(FAILS)) return null
    failed = true
    return random.chance(0.5) ? 'before' : 'after'
  }
}

/** Leaves a store what cannot be done without, and its list of users. */
function basic(store: WatchedStore): SessionStore {
  return {
    get: (id) => store.get(id),
    set: (id, record, options) => store.set(id, record, options),
    destroy: (id) => store.destroy(id),
    listByUser: (user) => store.listByUser(user),
    destroyByUser: (user, options) => store.destroyByUser(user, options),
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  // The engine pauses by chance between its attempts: not by this test's.
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test.each(SETTINGS)(
  'random requests of one visitor, in any order, lose nothing and bring nothing back %s [P3] [P4] [P5]',
  async (_setting, storeTimeout, storesOf) => {
    for (const seed of SEEDS) {
      const { faults, trace } = await runRandomRequests(seed, storesOf, storeTimeout)
      expect(faults, `Seed ${seed} of random requests. What went on:\n${trace.join('\n')}\n`).toEqual([])
    }
  },
)
