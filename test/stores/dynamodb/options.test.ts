import { DynamoDB, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocument, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterAll, expect, expectTypeOf, test } from 'vitest'
import { type DynamoDbClient, DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'

const client = new DynamoDB({ region: 'nowhere' })
afterAll(() => client.destroy())

function configError(message: string): unknown {
  return expect.objectContaining({
    name: 'ConfigError',
    code: 'ERR_CONFIG_INVALID',
    message: expect.stringContaining(message),
  })
}

test.each([
  ['an unknown option', { tabel: 'sessions' }, 'has no option tabel'],
  ['an option of another store', { cleanupInterval: '5m' }, 'has no option cleanupInterval'],
  ['a table of two letters', { table: 'ab' }, 'the option table'],
  ['a table with a space', { table: 'my sessions' }, 'the option table'],
  ['a table too long', { table: 'x'.repeat(256) }, 'the option table'],
  ['an ARN of something else', { table: 'arn:aws:s3:::sessions' }, 'the option table'],
  ['no table', { table: null }, 'the option table'],
  ['a clock that is no function', { now: 0 }, 'the option now'],
])('%s is refused [P12]', (_what, options, message) => {
  // Reflect: the compiler would refuse most of these already.
  expect(() => Reflect.construct(DynamoDbSessionStore, [client, options])).toThrow(configError(message))
})

test.each([
  'sessions',
  'my-app.sessions_2',
  'arn:aws:dynamodb:eu-central-1:123456789012:table/sessions',
  'arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/my.sessions',
])('%s is a table', (table) => {
  expect(() => new DynamoDbSessionStore(client, { table })).not.toThrow()
})

const plain = new DynamoDBClient({ region: 'nowhere' })
const OF_VERSION_2 = {
  getItem() {},
  putItem() {},
  updateItem() {},
  deleteItem() {},
  query() {},
  scan() {},
  makeRequest() {},
}

test.each([
  ['a client that can only send', plain, 'can only send commands'],
  ['a document client', DynamoDBDocument.from(plain), 'document client'],
  ['a bare document client', DynamoDBDocumentClient.from(plain), 'can only send commands'],
  ["a client of the SDK's version 2", OF_VERSION_2, 'version 2'],
  ['a table name', 'sessions', 'needs a client'],
  ['settings of a client', { region: 'nowhere' }, 'needs a client'],
  ['nothing', undefined, 'needs a client'],
])('%s is refused, with what to give [P12]', (_what, given, message) => {
  expect(() => Reflect.construct(DynamoDbSessionStore, [given])).toThrow(configError(message))
})

test("by the SDK's own types, a client with DynamoDB's operations compiles, and others do not", () => {
  expectTypeOf<DynamoDB>().toExtend<DynamoDbClient>()
  expectTypeOf<DynamoDBClient>().not.toExtend<DynamoDbClient>()
  expectTypeOf<DynamoDBDocument>().not.toExtend<DynamoDbClient>()
})
