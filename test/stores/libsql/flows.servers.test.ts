import { LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { engineFlows } from '../flows.ts'
import { clientKinds } from './clients.ts'
import { serveSqld } from './served.ts'

const server = serveSqld()
let tables = 0

for (const { name, open } of clientKinds) {
  engineFlows(
    `LibsqlSessionStore over ${name}`,
    async (clock) => {
      const { next, close } = open(server())
      const store = new LibsqlSessionStore(next(), { table: `flows_${++tables}`, now: clock.now })
      await store.migrate()
      return { store, close }
    },
    '20s', // 200 visitors at once on one connection
  )
}
