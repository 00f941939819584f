import { test } from 'vitest'
import { ConnectSessionStore } from '../../../src/stores/connect.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { CLASSIC_STORES } from './classic-stores.ts'

for (const [name, backend] of Object.entries(CLASSIC_STORES)) {
  storeConformance({
    name: `ConnectSessionStore on ${name}`,
    test,
    makeStore: () => {
      const clock = createClock(Date.now())
      const { open, close } = backend()
      const [store, secondStore] = [open(), open()].map(
        (each) => new ConnectSessionStore(each, { now: clock.now }),
      )
      if (store === undefined || secondStore === undefined) throw new Error('There are two.')
      return { store, secondStore, advance: clock.advance, close }
    },
  })

  storeConformance({
    name: `ConnectSessionStore on ${name} in real time`,
    test,
    makeStore: () => {
      const { open, close } = backend()
      return { store: new ConnectSessionStore(open()), close }
    },
  })
}
