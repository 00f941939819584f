import { DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import { engineFlows } from '../flows.ts'
import { serveDynamoDb } from './served.ts'

const served = serveDynamoDb()
let tables = 0

engineFlows(
  'DynamoDbSessionStore',
  async (clock) => {
    const store = new DynamoDbSessionStore(served.client, { table: `flows_${++tables}`, now: clock.now })
    await store.migrate()
    return { store }
  },
  '20s', // DynamoDB Local does one thing at a time
)
