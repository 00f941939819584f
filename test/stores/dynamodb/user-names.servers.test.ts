import { setImmediate } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../../src/core/record.ts'
import { DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { expireItems } from './expire-items.ts'
import { serveDynamoDb } from './served.ts'
import { watchedClient } from './watched-client.ts'

const HOUR = 3_600_000
const START = 500_000 * HOUR

const served = serveDynamoDb()
let tables = 0
let table: string
let now: number
let sent: string[]
let store: DynamoDbSessionStore
beforeEach(async () => {
  table = `names_${++tables}`
  now = START
  sent = []
  const noted = watchedClient(served.client, (operation) => {
    sent.push(operation)
    return undefined
  })
  store = new DynamoDbSessionStore(noted, { table, now: () => now })
  await store.migrate()
  sent = []
})

async function keys(): Promise<string[]> {
  const { Items = [] } = await served.client.scan({ TableName: table, ConsistentRead: true })
  return Items.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).toSorted()
}

/** Lets time pass, with all that DynamoDB deletes meanwhile. */
async function pass(time: number): Promise<void> {
  now += time
  await expireItems(served.client, table, now)
}

describe('a session that is used for longer than its user was named for stays listed, and is revoked [P4]:', () => {
  test.each(['touched', 'written'])('%s', async (how) => {
    const record = newRecord({ user: 'ann' })
    await store.create(record.id, record, { ttl: HOUR })
    for (let revision = 1; revision <= 20; revision++) {
      await pass(HOUR / 2)
      if (how === 'touched')
        expect(await store.touch(record.id, { ttl: HOUR, touchedAt: now, expiresAt: now })).toBe(true)
      else
        expect(
          await store.replace(record.id, { ...record, revision: revision + 1 }, { ttl: HOUR, revision }),
        ).toBe('written')
      expect(await store.listByUser('ann')).toHaveLength(1)
    }
    await pass(HOUR / 2)
    expect(await store.destroyByUser('ann')).toBe(1)
    expect(await store.get(record.id)).toBeNull()
  })
})

test('a name is written again once in an hour of use, for sessions of an hour', async () => {
  const record = newRecord({ user: 'ann' })
  await store.create(record.id, record, { ttl: HOUR })
  sent = []
  for (let minutes = 0; minutes < 300; minutes += 5) {
    await pass(HOUR / 12)
    await store.touch(record.id, { ttl: HOUR, touchedAt: now, expiresAt: now })
  }
  // A touch is one update; with a name it is that, refused, a look, the name and an update.
  expect(sent.filter((name) => name === 'putItem')).toHaveLength(4)
  expect(sent.filter((name) => name !== 'putItem')).toHaveLength(60 + 2 * 4)
})

test('a name that lasts longer is not made to last less', async () => {
  const record = newRecord({ user: 'ann' })
  await store.create(record.id, record, { ttl: 9 * HOUR })
  expect(await store.create(record.id, record, { ttl: 1_000 })).toBe(false)
  await pass(8 * HOUR)
  expect(await store.listByUser('ann')).toEqual([record])
})

describe('what each operation leaves in the table:', () => {
  test('a record and its name; of a visitor nobody knows only a record', async () => {
    const [ann, nobody] = [newRecord({ user: 'ann' }), newRecord()]
    await store.create(ann.id, ann, { ttl: HOUR })
    await store.create(nobody.id, nobody, { ttl: HOUR })
    expect(await keys()).toEqual(
      [`session#${ann.id} session`, `session#${nobody.id} session`, `user#ann ${ann.id}`].toSorted(),
    )
  })

  test.each<[string, (id: string, record: SessionRecord) => Promise<unknown>]>([
    ['a logout', (id) => store.destroy(id)],
    ['a revocation', () => store.destroyByUser('ann')],
  ])('no data and no name after %s, and nothing once DynamoDB has deleted it', async (_what, end) => {
    const record = newRecord({ user: 'ann' })
    await store.create(record.id, record, { ttl: HOUR })
    await end(record.id, record)
    expect(await keys()).toEqual([`session#${record.id} session`])
    const { Items } = await served.client.scan({ TableName: table })
    expect(JSON.stringify(Items)).not.toMatch(/"data"|ann/)
    await pass(2 * HOUR)
    expect(await keys()).toEqual([])
  })

  test('no data after the end of an old id, and a name, by which a revocation finds what has taken its place', async () => {
    const record = newRecord({ user: 'ann' })
    await store.create(record.id, record, { ttl: HOUR })
    await store.replace(record.id, record, { ttl: 0, revision: record.revision })
    expect(await keys()).toEqual([`session#${record.id} session`, `user#ann ${record.id}`])
    expect(await store.listByUser('ann')).toEqual([])
    await pass(4 * HOUR)
    expect(await keys()).toEqual([])
  })

  test('nothing of a session that was never there', async () => {
    await store.destroy(newRecord().id)
    expect(await keys()).toEqual([])
  })

  test('nothing of a session that timed out, once DynamoDB has deleted it', async () => {
    const record = newRecord({ user: 'ann' })
    await store.create(record.id, record, { ttl: HOUR })
    await pass(4 * HOUR)
    expect(await keys()).toEqual([])
  })
})

test('DynamoDB deletes nothing that lives by a clock of the app that is half an hour behind', async () => {
  const record = newRecord({ user: 'ann' })
  await store.create(record.id, record, { ttl: HOUR })
  now += HOUR - 1
  await expireItems(served.client, table, now + HOUR / 2)
  expect(await store.get(record.id)).toEqual(record)
  expect(await store.listByUser('ann')).toEqual([record])
})

test('user ids too long for a key of DynamoDB are told apart, and their sessions found', async () => {
  const users = [
    'x'.repeat(599),
    'x'.repeat(601),
    `${'x'.repeat(3_000)}a`,
    `${'x'.repeat(3_000)}b`,
    '人'.repeat(600),
  ]
  const records = users.map((user) => newRecord({ user }))
  for (const record of records) await store.create(record.id, record, { ttl: HOUR })
  for (const record of records) expect(await store.listByUser(record.user ?? '')).toEqual([record])
  expect(await store.destroyByUser(users[2] ?? '')).toBe(1)
  expect(await store.listByUser(users[3] ?? '')).toEqual([records[3]])
})

test('who becomes the user of a session while that user’s sessions are revoked is listed afterwards, and can be revoked [P4]', async () => {
  const record = newRecord({ user: 'bob' })
  await store.create(record.id, record, { ttl: HOUR })
  const named = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const held = watchedClient(served.client, async (_operation, input) => {
    if (!JSON.stringify(input).includes('SET #data') || !JSON.stringify(input).includes('#user_id = :new'))
      return undefined
    named.resolve()
    await gate.promise
    return undefined
  })
  const slow = new DynamoDbSessionStore(held, { table, now: () => now })
  const changing = slow.replace(
    record.id,
    { ...record, user: 'ann', revision: 2 },
    { ttl: HOUR, revision: 1 },
  )
  await named.promise
  expect(await store.destroyByUser('ann')).toBe(0)
  gate.resolve()
  expect(await changing).toBe('written')
  expect(await store.listByUser('ann')).toHaveLength(1)
  expect(await store.destroyByUser('ann')).toBe(1)
})

test('an item whose user others have written is not extended without end', async () => {
  const record = newRecord({ user: 'ann' })
  await store.create(record.id, record, { ttl: HOUR })
  const { pk, sk } = { pk: { S: `session#${record.id}` }, sk: { S: 'session' } }
  await served.client.updateItem({
    TableName: table,
    Key: { pk, sk },
    UpdateExpression: 'SET user_id = :user',
    ExpressionAttributeValues: { ':user': { S: 'O"Brien ' } },
  })
  const later = { ttl: 9 * HOUR, touchedAt: now, expiresAt: now }
  await expect(store.touch(record.id, later)).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT' })
})

test('a session that cannot be named fails when its record is not under way any more, so that it can be taken back', async () => {
  const record = newRecord({ user: 'ann' })
  const gate = Promise.withResolvers<void>()
  const failing = watchedClient(served.client, async (_operation, input) => {
    if (JSON.stringify(input).includes('user#')) throw new Error('no names today')
    await gate.promise
    return undefined
  })
  const slow = new DynamoDbSessionStore(failing, { table, now: () => now })
  let isOver = false
  const creating = slow.create(record.id, record, { ttl: HOUR }).catch((error: Error) => {
    isOver = true
    return error.message
  })
  for (let turn = 0; turn < 20; turn++) await setImmediate()
  expect(isOver).toBe(false)
  gate.resolve()
  expect(await creating).toBe('no names today')
  expect(await store.get(record.id)).toEqual(record)
})
