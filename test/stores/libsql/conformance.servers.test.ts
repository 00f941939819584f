import { test } from 'vitest'
import { LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { clientKinds } from './clients.ts'
import { serveSqld } from './served.ts'

const server = serveSqld()
let tables = 0

for (const { name, open } of clientKinds) {
  storeConformance({
    name: `LibsqlSessionStore over ${name}`,
    full: true,
    test,
    makeStore: async () => {
      const { next, close } = open(server())
      const { now, advance } = createClock(Date.now())
      const options = { table: `sessions_${++tables}`, now }
      const store = new LibsqlSessionStore(next(), options)
      await store.migrate()
      return { store, secondStore: new LibsqlSessionStore(next(), options), advance, close }
    },
  })
}
