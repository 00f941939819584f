import { test, vi } from 'vitest'
import { DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { serveDynamoDb } from './served.ts'

vi.setConfig({ testTimeout: 120_000 }) // DynamoDB Local takes 3 ms for each request

const served = serveDynamoDb()
let tables = 0

storeConformance({
  name: 'DynamoDbSessionStore',
  full: true,
  test,
  makeStore: async () => {
    const second = served.server.client()
    const { now, advance } = createClock(Date.now())
    const options = { table: `sessions_${++tables}`, now }
    const store = new DynamoDbSessionStore(served.client, options)
    await store.migrate()
    return {
      store,
      secondStore: new DynamoDbSessionStore(second, options),
      advance,
      close: () => second.destroy(),
    }
  },
})
