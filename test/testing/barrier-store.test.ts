import { expect, test } from 'vitest'
import type { SessionStore } from '../../src/core/store.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { barrierStore } from '../../src/testing/barrier-store.ts'
import { DAY, newRecord } from '../../src/testing/sample-records.ts'

const record = newRecord()
const after = { ...record, data: '{}', revision: 2 }

function storeWithRecord(): {
  inner: MemorySessionStore
  store: ReturnType<typeof barrierStore<MemorySessionStore>>
} {
  const inner = new MemorySessionStore()
  inner.set(record.id, record, { ttl: DAY })
  return { inner, store: barrierStore(inner) }
}

test('a held replace runs when it is released, and meets what happened meanwhile', async () => {
  const { inner, store } = storeWithRecord()
  const gate = store.hold('replace')
  const late = store.replace(record.id, after, { ttl: DAY, revision: 1 })
  await gate.reached
  expect(inner.get(record.id)).toEqual(record)
  store.destroy(record.id)
  gate.release()
  expect(await late).toBe('missing')
})

test("a get held 'after' gives what was there when it was called", async () => {
  const { store } = storeWithRecord()
  const gate = store.hold('get', { when: 'after' })
  const stale = store.get(record.id)
  await gate.reached
  store.destroy(record.id)
  gate.release()
  expect(await stale).toEqual(record)
})

test('only the chosen call is held', async () => {
  const { store } = storeWithRecord()
  const gate = store.hold('get', { nth: 2 })
  expect(store.get(record.id)).not.toBeInstanceOf(Promise)
  const held = store.get(record.id)
  expect(held).toBeInstanceOf(Promise)
  expect(store.get(record.id)).not.toBeInstanceOf(Promise)
  expect(store.touch(record.id, { ttl: DAY, touchedAt: 1, expiresAt: 2 })).not.toBeInstanceOf(Promise)
  gate.release()
  await held
})

test('a gate for several calls is reached when all stand at it', async () => {
  const { store } = storeWithRecord()
  const gate = store.hold('replace', { calls: 2 })
  let reached = false
  const watch = gate.reached.then(() => {
    reached = true
  })
  const first = store.replace(record.id, after, { ttl: DAY, revision: 1 })
  await new Promise((resolve) => setImmediate(resolve))
  expect(reached).toBe(false)
  const second = store.replace(record.id, after, { ttl: DAY, revision: 1 })
  await watch
  gate.release()
  expect(await Promise.all([first, second])).toEqual(['written', 'conflict'])
})

test('two gates hold one call each', async () => {
  const { store } = storeWithRecord()
  const [first, second] = [store.hold('destroy'), store.hold('destroy')]
  const calls = [store.destroy(record.id), store.destroy(record.id)]
  await Promise.all([first.reached, second.reached])
  second.release()
  await calls[1]
  expect(store.get(record.id)).toBeNull()
  first.release()
  await calls[0]
})

test('a gate released early holds nobody, and may be released twice', () => {
  const { store } = storeWithRecord()
  const gate = store.hold('get')
  gate.release()
  gate.release()
  expect(store.get(record.id)).toEqual(record)
})

test('the wrapper counts calls and has the abilities of the store it wraps', () => {
  const basic: SessionStore = { get: () => null, set: () => {}, destroy: () => {} }
  expect(barrierStore(basic).touch).toBeUndefined()
  const { store } = storeWithRecord()
  store.get(record.id)
  expect(store.calls).toMatchObject({ get: 1, set: 0 })
})
