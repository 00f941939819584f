import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { type BarrierStore, barrierStore } from '../../src/testing/barrier-store.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { laterStore, settle } from '../engine/later-store.ts'
import { startOn } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  b: number
}

/** A store as somebody writes it in ten lines: get, set, destroy over a map. */
class MapStore implements SessionStore {
  readonly records = new Map<string, string>()
  get(id: string): SessionRecord | null {
    const text = this.records.get(id)
    return text === undefined ? null : JSON.parse(text)
  }
  set(id: string, record: SessionRecord): void {
    this.records.set(id, JSON.stringify(record))
  }
  destroy(id: string): void {
    this.records.delete(id)
  }
}

/** As above, with the conditional writes of a full store and no touch. */
class MapStoreWithoutTouch extends MapStore {
  create(id: string, record: SessionRecord): boolean {
    if (this.records.has(id)) return false
    this.set(id, record)
    return true
  }
  replace(id: string, record: SessionRecord, options: { ttl: number; revision: number }) {
    const stored = this.get(id)
    if (stored === null) return 'missing' as const
    if (stored.revision !== options.revision) return 'conflict' as const
    if (options.ttl <= 0) this.destroy(id)
    else this.set(id, record)
    return 'written' as const
  }
}

function held<Store extends SessionStore>(store: Store): Store & BarrierStore {
  return barrierStore(laterStore(store))
}

describe('within one process, a store with get, set and destroy', () => {
  test('revoke() during a save leaves nothing behind [P4] [A22]', async () => {
    const { browser, sessions, store } = startOn<Data, MapStore & BarrierStore>(() => held(new MapStore()))
    await browser.request((session) => {
      session.a = 1
    })
    const slow = await browser.arrive()
    slow.session.a = 2
    const { id } = slow.session
    const gate = store.hold('set')
    const leaving = slow.leave()
    await gate.reached
    const revoking = sessions.revoke(id)
    gate.release()
    await Promise.all([leaving, revoking])
    expect(store.records.size).toBe(0)
    expect(await browser.look()).toEqual({})
  })

  test('a call that never answers does not keep the session from being written later [P11]', async () => {
    const { browser, store } = startOn<Data, ReturnType<typeof faulty>>(faulty, { storeTimeout: 30 })
    await browser.request((session) => {
      session.a = 1
    })
    store.stall('set', { nth: 1 })
    const stalled = browser.request((session) => {
      session.a = 2
    })
    await expect(stalled).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
    await browser.request((session) => {
      session.b = 3
    })
    expect(await browser.look()).toMatchObject({ b: 3 })
  })
})

describe('a store with get, set and destroy that answers too late', () => {
  test('writes nothing any more once the request has been told so [P11]', async () => {
    const { browser, store } = startOn<Data, ReturnType<typeof faulty>>(faulty, { storeTimeout: 30 })
    await browser.request((session) => {
      session.a = 1
    })
    const slow = await browser.arrive()
    slow.session.a = 2
    store.stall('get', { nth: 1 })
    await expect(slow.leave()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
    store.heal()
    await settle()
    expect(await browser.look()).toEqual({ a: 1 })
  })
})

describe('within one process, a store that can replace and not touch', () => {
  test('a touch beside a save does not undo it [P3]', async () => {
    const { browser, clock, store } = startOn<Data, MapStoreWithoutTouch & BarrierStore>(() =>
      held(new MapStoreWithoutTouch()),
    )
    await browser.request((session) => {
      session.a = 1
    })
    clock.advance('10m')
    const reading = await browser.arrive()
    expect(reading.session.a).toBe(1)
    const gate = store.hold('replace')
    const leaving = reading.leave()
    await gate.reached
    const writing = browser.request((session) => {
      session.a = 2
    })
    await settle()
    gate.release()
    await Promise.all([leaving, writing])
    expect(await browser.look()).toEqual({ a: 2 })
  })
})

function faulty() {
  return faultyStore(laterStore(new MapStore()))
}
