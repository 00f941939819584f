import { setTimeout as delay } from 'node:timers/promises'
import { ConfigError } from '../../core/errors.ts'
import { isError } from '../../core/is-error.ts'
import type { DynamoDbClient, DynamoDbTableDescription } from './client.ts'
import { explainError } from './explain-error.ts'

const KEYS = [
  ['pk', 'HASH'],
  ['sk', 'RANGE'],
] as const
const TTL = 'ttl'
const LONGEST_WAIT_MS = 60_000
const PAUSE_MS = 250

/**
 * Makes the table unless it is there, billed by request, and has DynamoDB delete what has expired.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` there is a table of that name with another key, or whose items expire by another attribute.
 * @throws {Error} it was not ready within a minute. Safe to repeat.
 */
export async function makeTable(client: DynamoDbClient, table: string): Promise<void> {
  try {
    checkKey(table, await readyTable(client, table))
    await expireItems(client, table)
  } catch (error) {
    throw explainError(error, table)
  }
}

async function readyTable(client: DynamoDbClient, table: string): Promise<DynamoDbTableDescription> {
  const deadline = performance.now() + LONGEST_WAIT_MS
  do {
    const description = await described(client, table)
    if (description === undefined) await created(client, table)
    else if (description.TableStatus === 'ACTIVE' || description.TableStatus === 'UPDATING')
      return description
    else await delay(PAUSE_MS)
  } while (performance.now() < deadline)
  throw new Error(
    `The table ${table} was not ready within ${LONGEST_WAIT_MS / 1_000} s. Call migrate() again.`,
  )
}

async function described(
  client: DynamoDbClient,
  table: string,
): Promise<DynamoDbTableDescription | undefined> {
  try {
    return (await client.describeTable({ TableName: table })).Table
  } catch (error) {
    if (isError(error) && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}

async function created(client: DynamoDbClient, table: string): Promise<void> {
  try {
    await client.createTable({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: KEYS.map(([AttributeName]) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: KEYS.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
    })
  } catch (error) {
    // Another process was quicker.
    if (!isError(error) || error.name !== 'ResourceInUseException') throw error
  }
}

function checkKey(
  table: string,
  { KeySchema = [], AttributeDefinitions = [] }: DynamoDbTableDescription,
): void {
  const isText = (name: string): boolean =>
    AttributeDefinitions.some((one) => one.AttributeName === name && one.AttributeType === 'S')
  const fits = KEYS.every(
    ([name, type], place) =>
      KeySchema[place]?.AttributeName === name && KeySchema[place].KeyType === type && isText(name),
  )
  if (fits && KeySchema.length === KEYS.length) return
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `DynamoDbSessionStore cannot use the table ${table}: it was made by something else, as its key is not pk and sk, both texts. Name another table with the option table.`,
  )
}

async function expireItems(client: DynamoDbClient, table: string): Promise<void> {
  if (await expires(client, table)) return
  try {
    await client.updateTimeToLive({
      TableName: table,
      TimeToLiveSpecification: { AttributeName: TTL, Enabled: true },
    })
  } catch (error) {
    // Another process was quicker.
    if (!(await expires(client, table))) throw error
  }
}

async function expires(client: DynamoDbClient, table: string): Promise<boolean> {
  const { TimeToLiveDescription: found } = await client.describeTimeToLive({ TableName: table })
  const isOn = found?.TimeToLiveStatus === 'ENABLED' || found?.TimeToLiveStatus === 'ENABLING'
  if (!isOn || found?.AttributeName === TTL) return isOn
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `DynamoDbSessionStore cannot use the table ${table}: its items expire by the attribute ${found?.AttributeName}, and the store's by ${TTL}. Name another table with the option table.`,
  )
}
