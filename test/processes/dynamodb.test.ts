import { vi } from 'vitest'
import { startDynamoDb } from '../servers/dynamodb.ts'
import { acrossProcesses } from './across-processes.ts'

vi.setConfig({ testTimeout: 120_000 })

acrossProcesses({
  name: 'DynamoDbSessionStore on DynamoDB Local',
  module: 'dynamodb',
  increments: 300, // DynamoDB Local does one thing at a time, in 3 ms
  start: async () => {
    const server = await startDynamoDb()
    return { settings: `http://127.0.0.1:${server.port}`, stop: server.stop }
  },
})
