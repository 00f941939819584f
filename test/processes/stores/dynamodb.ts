import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import type { OpenStoreFunction } from './open-store.ts'

/** Opens a DynamoDB store on an endpoint, and makes its table. */
export const openStore: OpenStoreFunction = async (endpoint) => {
  const credentials = { accessKeyId: 'tests', secretAccessKey: 'tests' }
  const client = new DynamoDB({ endpoint, region: 'us-east-1', credentials })
  const store = new DynamoDbSessionStore(client)
  await store.migrate()
  return {
    store,
    close: async () => client.destroy(),
  }
}
