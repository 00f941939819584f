import { startDynamoDb } from '../servers/dynamodb.ts'
import { acrossProcesses } from './across-processes.ts'

acrossProcesses({
  name: 'DynamoDbSessionStore on DynamoDB Local',
  module: 'dynamodb',
  start: async () => {
    const server = await startDynamoDb()
    return { settings: `http://127.0.0.1:${server.port}`, stop: server.stop }
  },
})
