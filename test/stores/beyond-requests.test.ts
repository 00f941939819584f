import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, onTestFinished, test, vi } from 'vitest'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { NearCache } from '../../src/stores/redis/near-cache.ts'
import { ExpiredRows } from '../../src/stores/sql/expired-rows.ts'
import { newRecord } from '../../src/testing/sample-records.ts'

const request = new AsyncLocalStorage<string>()

/** Collects in whose request something was done, when nobody is asking. */
class Witness {
  readonly seen: (string | undefined)[] = []
  #asking = false

  note(): void {
    if (!this.#asking) this.seen.push(request.getStore())
  }

  /** Asks in a request. */
  ask(work: () => void): void {
    this.#asking = true
    request.run('the first request', work)
    this.#asking = false
  }

  /** Waits until work was done twice in the background, the second time by what the first has begun. */
  async twice(): Promise<void> {
    await vi.waitFor(() => expect(this.seen.length).toBeGreaterThan(1), { timeout: 5_000 })
    expect(new Set(this.seen)).toEqual(new Set([undefined]))
  }
}

test('a store in memory sweeps for no request', async () => {
  const witness = new Witness()
  const now = (): number => {
    witness.note()
    return Date.now()
  }
  const store = new MemorySessionStore({ cleanupInterval: 10, now })
  onTestFinished(() => store.dispose())
  const record = newRecord()
  witness.ask(() => store.create(record.id, record, { ttl: 60_000 }))
  await witness.twice()
})

test('a store on a database deletes what has expired for no request, batch after batch', async () => {
  const witness = new Witness()
  const deleteBatch = async (): Promise<number> => {
    await Promise.resolve()
    witness.note()
    return 1
  }
  const rows = new ExpiredRows({ store: 'TestStore', interval: 10, batchSize: 1, deleteBatch })
  onTestFinished(() => rows.stop())
  witness.ask(() => rows.wake())
  await witness.twice()
})

test('a near-cache opens its connection for no request', () => {
  const seen: (string | undefined)[] = []
  const feed = { start: () => void seen.push(request.getStore()), ping: async () => {}, stop() {} }
  const cache = new NearCache(feed, String, 10, async () => ({ record: null, ttl: 0 }))
  request.run('the first request', () => void cache.get('a'))
  expect(seen).toEqual([undefined])
})
