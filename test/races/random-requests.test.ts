import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { scheduledStore } from '../engine/scheduled-store.ts'
import { runRandomRequests, type StoresOf } from './random/random-run.ts'

const RUNS = 800

// One seed is run by itself with RANDOM_REQUESTS_SEED=17 in the environment.
const ONE_SEED = process.env.RANDOM_REQUESTS_SEED
const SEEDS =
  ONE_SEED === undefined ? Array.from({ length: RUNS }, (_, index) => index + 1) : [Number(ONE_SEED)]

const SETTINGS: ReadonlyArray<[string, StoresOf]> = [
  ['on a store that answers later', (store, scheduler) => [scheduledStore(store, scheduler)]],
  [
    'in two processes on one store',
    (store, scheduler) => [scheduledStore(store, scheduler), scheduledStore(store, scheduler)],
  ],
  ['on the memory store', (store) => [store]],
]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  // The engine pauses by chance between its attempts: not by this test's.
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test.each(SETTINGS)(
  'random requests of one visitor, in any order, lose nothing and bring nothing back %s [P3] [P4] [P5]',
  async (_setting, storesOf) => {
    for (const seed of SEEDS) {
      const { faults, trace } = await runRandomRequests(seed, storesOf)
      expect(faults, `Seed ${seed} of random requests. What went on:\n${trace.join('\n')}\n`).toEqual([])
    }
  },
)
