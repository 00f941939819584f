import { test, vi } from 'vitest'
import { DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { serveDynamoDb } from './served.ts'

// The server does one thing at a time, for all cases side by side.
vi.setConfig({ testTimeout: 120_000 })

const served = serveDynamoDb()
let tables = 0

storeConformance({
  name: 'DynamoDbSessionStore',
  full: true,
  test: test.concurrent,
  makeStore: async () => {
    const table = `sessions_${++tables}`
    const second = served.server.client()
    const store = new DynamoDbSessionStore(served.client, { table })
    await store.migrate()
    return { store, secondStore: new DynamoDbSessionStore(second, { table }), close: () => second.destroy() }
  },
})
