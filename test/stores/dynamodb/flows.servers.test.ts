import type { DynamoDB } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll } from 'vitest'
import { DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import { type DynamoDbServer, startDynamoDb } from '../../servers/dynamodb.ts'
import { engineFlows } from '../flows.ts'

let server: DynamoDbServer
let client: DynamoDB
let tables = 0
beforeAll(async () => {
  server = await startDynamoDb()
  client = server.client()
})
afterAll(async () => {
  client?.destroy()
  await server?.stop()
})

engineFlows(
  'DynamoDbSessionStore',
  async (clock) => {
    const store = new DynamoDbSessionStore(client, { table: `flows_${++tables}`, now: clock.now })
    await store.migrate()
    return { store }
  },
  '20s', // DynamoDB Local does one thing at a time
)
