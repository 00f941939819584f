import { test } from 'vitest'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'

storeConformance({
  name: 'MemorySessionStore',
  full: true,
  test,
  makeStore: () => {
    const clock = createClock(Date.now())
    const store = new MemorySessionStore({ now: clock.now })
    return { store, advance: clock.advance, close: () => store.dispose() }
  },
})

storeConformance({
  name: 'MemorySessionStore in real time',
  full: true,
  test,
  makeStore: () => {
    const store = new MemorySessionStore({ cleanupInterval: 5 })
    return { store, close: () => store.dispose() }
  },
})
