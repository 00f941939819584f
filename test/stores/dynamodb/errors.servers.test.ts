import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSessions } from '../../../src/core/sessions.ts'
import { DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { freePort } from '../../servers/free-port.ts'
import { Visitor } from '../visitor.ts'
import { serveDynamoDb } from './served.ts'

const DAY = { ttl: 86_400_000 }
const credentials = { accessKeyId: 'tests', secretAccessKey: 'tests' }

const served = serveDynamoDb()

function configError(...parts: string[]): unknown {
  return expect.objectContaining({
    name: 'ConfigError',
    code: 'ERR_CONFIG_INVALID',
    message: expect.stringMatching(parts.map((part) => part.replace(/[()]/g, '\\$&')).join('.*')),
  })
}

async function makeTable(table: string, keys: Record<string, 'S' | 'N'>): Promise<void> {
  const names = Object.keys(keys)
  await served.client.createTable({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: Object.entries(keys).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: names.map((AttributeName, place) => ({
      AttributeName,
      KeyType: place === 0 ? 'HASH' : 'RANGE',
    })),
  })
}

describe('migrate', () => {
  test('makes the table, by any number of processes at once, and does no harm to one that is there', async () => {
    const stores = Array.from(
      { length: 5 },
      () => new DynamoDbSessionStore(served.client, { table: 'made.once' }),
    )
    await Promise.all(stores.map((store) => store.migrate()))
    const record = newRecord({ user: 'ann' })
    await stores[0]?.create(record.id, record, DAY)
    await stores[1]?.migrate()
    expect(await stores[1]?.get(record.id)).toEqual(record)
    const { TimeToLiveDescription } = await served.client.describeTimeToLive({ TableName: 'made.once' })
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' })
    const { Table } = await served.client.describeTable({ TableName: 'made.once' })
    expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST')
  })

  test('has what expires deleted in a table that was made without it', async () => {
    await makeTable('without_ttl', { pk: 'S', sk: 'S' })
    await new DynamoDbSessionStore(served.client, { table: 'without_ttl' }).migrate()
    const { TimeToLiveDescription } = await served.client.describeTimeToLive({ TableName: 'without_ttl' })
    expect(TimeToLiveDescription?.AttributeName).toBe('ttl')
  })

  test.each<[string, Record<string, 'S' | 'N'>]>([
    ['another key', { id: 'S' }],
    ['half of the key', { pk: 'S' }],
    ['a number in the key', { pk: 'S', sk: 'N' }],
    ['the key the other way round', { sk: 'S', pk: 'S' }],
  ])('refuses a table with %s, and leaves it as it is [P12]', async (_what, keys) => {
    const table = `other_${Object.entries(keys).flat().join('_')}`
    await makeTable(table, keys)
    const store = new DynamoDbSessionStore(served.client, { table })
    await expect(store.migrate()).rejects.toThrow(configError(table, 'was made by something else'))
    const { TimeToLiveDescription } = await served.client.describeTimeToLive({ TableName: table })
    expect(TimeToLiveDescription?.TimeToLiveStatus).toBe('DISABLED')
  })

  test('refuses a table whose items expire by something else [P12]', async () => {
    await makeTable('other_ttl', { pk: 'S', sk: 'S' })
    await served.client.updateTimeToLive({
      TableName: 'other_ttl',
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    })
    const store = new DynamoDbSessionStore(served.client, { table: 'other_ttl' })
    await expect(store.migrate()).rejects.toThrow(configError('other_ttl', 'by the attribute expires'))
  })
})

describe('each operation tells what to do about', () => {
  test('a table that is not there', async () => {
    const store = new DynamoDbSessionStore(served.client, { table: 'not_there' })
    const record = newRecord({ user: 'ann' })
    const operations: (() => Promise<unknown>)[] = [
      () => store.get(record.id),
      () => store.set(record.id, record, DAY),
      () => store.create(record.id, record, DAY),
      () => store.replace(record.id, record, { ...DAY, revision: 1 }),
      () => store.replace(record.id, record, { ttl: 0, revision: 1 }),
      () => store.touch(record.id, { ...DAY, touchedAt: 1, expiresAt: 2 }),
      () => store.destroy(record.id),
      () => store.listByUser('ann'),
      () => store.destroyByUser('ann'),
      () => store.entries(),
      () => store.count(),
    ]
    for (const operation of operations)
      await expect(operation()).rejects.toThrow(configError('the table not_there', 'migrate()', 'region'))
  })

  test('a table that something else made', async () => {
    await makeTable('of_others', { id: 'S' })
    const store = new DynamoDbSessionStore(served.client, { table: 'of_others' })
    const record = newRecord({ user: 'ann' })
    await expect(store.get(record.id)).rejects.toThrow(configError('of_others', 'made by something else'))
    await expect(store.listByUser('ann')).rejects.toThrow(configError('of_others', 'made by something else'))
  })

  test('a session that is too large for an item', async () => {
    const store = new DynamoDbSessionStore(served.client, { table: 'of_limits' })
    await store.migrate()
    const large = newRecord({ data: JSON.stringify('x'.repeat(410_000)) })
    await expect(store.create(large.id, large, DAY)).rejects.toThrow(configError('400 KB', 'maxBytes'))
    const fits = newRecord({ data: JSON.stringify('x'.repeat(400_000)) })
    expect(await store.create(fits.id, fits, DAY)).toBe(true)
  })

  test('a client without a region', async () => {
    const before = process.env.AWS_REGION
    delete process.env.AWS_REGION
    const store = new DynamoDbSessionStore(new DynamoDB({ credentials }))
    await expect(store.get('a')).rejects.toThrow(configError('has no region', 'AWS_REGION'))
    if (before !== undefined) process.env.AWS_REGION = before
  })

  test('a server that is not there, and keeps the code', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`
    const store = new DynamoDbSessionStore(
      new DynamoDB({ endpoint, region: 'nowhere', credentials, maxAttempts: 1 }),
    )
    await expect(store.get('a')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: expect.stringContaining('cannot reach its server'),
    })
  })
})

test('with a server that does not answer a request fails after storeTimeout, and what it wrote late brings nothing back [P11] [P4]', async () => {
  const store = new DynamoDbSessionStore(served.client, { table: 'frozen' })
  await store.migrate()
  const secret = 'a secret of these tests: 0123456789'
  const sessions = createSessions<{ userId: string; count: number; cart: string[]; note: string }>({
    secret,
    store,
    storeTimeout: 300,
  })
  const visitor = new Visitor(sessions)
  await visitor.visit((session) => {
    session.userId = 'ann'
  })
  const slow = visitor.twin()
  served.server.freeze()
  await expect(
    slow.visit((session) => {
      session.note = 'late'
    }),
  ).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT', status: 503 })
  served.server.thaw()
  await visitor.visit((session) => session.destroy())
  expect(await slow.visit((session) => session.toJSON())).toEqual({})
})

test('with the settings that its page advises, the SDK gives up on a server that does not answer', async () => {
  const impatient = new DynamoDB({
    endpoint: `http://127.0.0.1:${served.server.port}`,
    region: 'nowhere',
    credentials,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true },
  })
  served.server.freeze()
  onTestFinished(() => {
    served.server.thaw()
    impatient.destroy()
  })
  await expect(new DynamoDbSessionStore(impatient).get('a')).rejects.toMatchObject({ code: 'ETIMEDOUT' })
})

test('an item that others wrote is a miss, and not an error [P10] [A29]', async () => {
  const store = new DynamoDbSessionStore(served.client, { table: 'hostile' })
  await store.migrate()
  const { id } = newRecord()
  const key = { pk: { S: `session#${id}` }, sk: { S: 'session' } }
  await served.client.putItem({ TableName: 'hostile', Item: { ...key, dies_at: { S: 'never' } } })
  expect(await store.get(id)).toBeNull()
  await served.client.putItem({
    TableName: 'hostile',
    Item: { ...key, dies_at: { N: '1e30' }, data: { N: '1' } },
  })
  expect(await store.get(id)).toMatchObject({ id, data: '', revision: Number.NaN })
})
