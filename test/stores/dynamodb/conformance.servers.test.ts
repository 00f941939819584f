import type { DynamoDB } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, test, vi } from 'vitest'
import { DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { type DynamoDbServer, startDynamoDb } from '../../servers/dynamodb.ts'

// The server does one thing at a time, for all cases side by side.
vi.setConfig({ testTimeout: 120_000 })

let server: DynamoDbServer
let clients: [DynamoDB, DynamoDB]
beforeAll(async () => {
  server = await startDynamoDb()
  clients = [server.client(), server.client()]
})
afterAll(async () => {
  for (const client of clients ?? []) client.destroy()
  await server?.stop()
})

let tables = 0

storeConformance({
  name: 'DynamoDbSessionStore',
  full: true,
  test: test.concurrent,
  makeStore: async () => {
    const table = `sessions_${++tables}`
    const [store, secondStore] = clients.map((client) => new DynamoDbSessionStore(client, { table }))
    if (store === undefined || secondStore === undefined) throw new Error('There are no two clients.')
    await store.migrate()
    return { store, secondStore }
  },
})
