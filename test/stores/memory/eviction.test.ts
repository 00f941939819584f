import { expect, test } from 'vitest'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { DAY, newRecord } from '../../../src/testing/sample-records.ts'

const TTL = { ttl: DAY }

/** A full store of three records, `a` the least recently written. */
function fullStore(): { store: MemorySessionStore; evicted: string[] } {
  const store = new MemorySessionStore({ maxSessions: 3 })
  const evicted: string[] = []
  store.onEvict((id) => evicted.push(id))
  for (const id of ['a', 'b', 'c']) store.set(id, newRecord({ id, user: `user of ${id}` }), TTL)
  return { store, evicted }
}

test('a write past maxSessions drops the record of few that was used least recently, and tells its id', () => {
  const { store, evicted } = fullStore()
  expect(evicted).toEqual([])
  store.create('d', newRecord({ id: 'd' }), TTL)
  expect(evicted).toEqual(['a'])
  expect(store.get('a')).toBeNull()
  expect(store.listByUser('user of a')).toEqual([])
  expect(store.count()).toBe(3)
})

test.each<[string, (store: MemorySessionStore) => unknown]>([
  ['get', (store) => store.get('a')],
  ['set', (store) => store.set('a', newRecord({ id: 'a' }), TTL)],
  ['replace', (store) => store.replace('a', newRecord({ id: 'a' }), { ...TTL, revision: 1 })],
  ['touch', (store) => store.touch('a', { ...TTL, touchedAt: 1, expiresAt: 2 })],
])('%s counts as use', (_, use) => {
  const { store, evicted } = fullStore()
  use(store)
  store.set('d', newRecord({ id: 'd' }), TTL)
  expect(evicted).toEqual(['b'])
})

test.each<[string, (store: MemorySessionStore) => unknown]>([
  ['a refused create', (store) => store.create('x', newRecord({ id: 'x' }), { ttl: 0 })],
  ['listing', (store) => store.listByUser('user of a')],
  ['walking', (store) => store.entries()],
  ['counting', (store) => store.count()],
  ['a set that ends at once', (store) => store.set('x', newRecord({ id: 'x' }), { ttl: 0 })],
  ['writing over a record', (store) => store.set('c', newRecord({ id: 'c' }), TTL)],
])('%s neither evicts nor counts as use', (_, call) => {
  const { store, evicted } = fullStore()
  call(store)
  expect(evicted).toEqual([])
  store.set('d', newRecord({ id: 'd' }), TTL)
  expect(evicted).toEqual(['a'])
})

test('records that are used stay, whatever comes and goes', () => {
  const store = new MemorySessionStore({ maxSessions: 5_000 })
  const ids = Array.from({ length: 500 }, (_, index) => `kept ${index}`)
  for (const id of ids) store.set(id, newRecord({ id }), TTL)
  for (let round = 0; round < 40; round++) {
    for (const id of ids) expect(store.get(id)).not.toBeNull()
    for (let index = 0; index < 500; index++) store.set(`passing ${round} ${index}`, newRecord(), TTL)
  }
  expect(store.size).toBe(5_000)
})

test('an expired record that makes room is not reported as evicted', () => {
  const clock = createClock()
  const store = new MemorySessionStore({ maxSessions: 1, now: clock.now })
  const evicted: string[] = []
  store.onEvict((id) => evicted.push(id))
  store.set('a', newRecord(), { ttl: 1_000 })
  clock.advance(1_000)
  store.set('b', newRecord(), { ttl: 1_000 })
  expect(evicted).toEqual([])
  store.set('c', newRecord(), { ttl: 1_000 })
  expect(evicted).toEqual(['b'])
})

test('every listener is told, when the record has gone and the new one is there', () => {
  const { store } = fullStore()
  const seen: unknown[] = []
  store.onEvict((id) => seen.push([id, store.get(id), store.get('d')?.id, store.count()]))
  store.onEvict((id) => seen.push(id))
  store.set('d', newRecord({ id: 'd' }), TTL)
  expect(seen).toEqual([['a', null, 'd', 3], 'a'])
})
