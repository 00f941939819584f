import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { InvalidationFeed } from '../../../src/stores/redis/invalidation-feed.ts'
import { NearCache } from '../../../src/stores/redis/near-cache.ts'
import { recordOf } from './records.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const quietFeed: InvalidationFeed = { start: ({ live }) => live(), ping: async () => {}, stop: () => {} }

test('a record whose answer was long on its way is held until it expires in Redis, and no longer [P4]', async () => {
  const record = recordOf('a')
  // Redis is asked at 0 and says then that 1,000 ms are left. That comes at 400.
  const answer = Promise.withResolvers<{ record: typeof record; ttl: number }>()
  const load = vi.fn(() => answer.promise)
  const cache = new NearCache(quietFeed, (key) => key, 10, load)
  const loading = cache.get('a')
  await vi.advanceTimersByTimeAsync(400)
  answer.resolve({ record, ttl: 1_000 })
  await loading
  await vi.advanceTimersByTimeAsync(599)
  expect(await cache.get('a')).toEqual(record)
  expect(load).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  void cache.get('a')
  expect(load).toHaveBeenCalledTimes(2)
})
