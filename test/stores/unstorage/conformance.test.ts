import { test } from 'vitest'
import { UnstorageSessionStore } from '../../../src/stores/unstorage.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { STORAGES } from './storages.ts'

for (const [name, backend] of Object.entries(STORAGES)) {
  storeConformance({
    name: `UnstorageSessionStore on ${name}`,
    test,
    makeStore: () => {
      const clock = createClock(Date.now())
      const { open, close } = backend()
      return { store: new UnstorageSessionStore(open(), { now: clock.now }), advance: clock.advance, close }
    },
  })
}

storeConformance({
  name: 'UnstorageSessionStore on two storages of one folder, in real time',
  test,
  makeStore: () => {
    const { open, close } = STORAGES.fs()
    return { store: new UnstorageSessionStore(open()), secondStore: new UnstorageSessionStore(open()), close }
  },
  skip: [
    {
      id: 'store/parallel-set',
      reason: 'the fs driver writes files in place, so two processes that write one at once can tear it',
    },
  ],
})
