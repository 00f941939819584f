import type { DynamoDB } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll } from 'vitest'
import { type DynamoDbServer, startDynamoDb } from '../../servers/dynamodb.ts'

/** DynamoDB Local and a client of it, while the tests of a file run. */
export interface Served {
  readonly server: DynamoDbServer
  readonly client: DynamoDB
}

/**
 * Starts DynamoDB Local before the tests of a file, and ends it after them.
 * @param prepare - Done before the tests, such as making a table.
 */
export function serveDynamoDb(prepare: (client: DynamoDB) => unknown = () => {}): Served {
  let started: Served | undefined
  const served = (): Served => {
    if (started === undefined) throw new Error('DynamoDB Local has not been started yet.')
    return started
  }
  beforeAll(async () => {
    const server = await startDynamoDb()
    started = { server, client: server.client() }
    await prepare(started.client)
  })
  afterAll(async () => {
    started?.client.destroy()
    await started?.server.stop()
  })
  return {
    get server() {
      return served().server
    },
    get client() {
      return served().client
    },
  }
}
