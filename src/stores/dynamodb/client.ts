import { ConfigError } from '../../core/errors.ts'

/** A value of an item as DynamoDB's own interface writes it: a text, a number in digits, or a truth. */
export type DynamoDbValue = { S: string } | { N: string } | { BOOL: boolean }

/** Attributes that are sent, by their names. */
export type DynamoDbItem = Record<string, DynamoDbValue>

/** The key of an item. */
export type DynamoDbKey = Record<string, { S: string }>

/** Attributes that came back, of whatever kind somebody may have written. */
export type StoredItem = Readonly<
  Record<string, { readonly S?: string | undefined; readonly N?: string | undefined }>
>

/** What a condition, an update or a filter speaks of. */
export interface DynamoDbWords {
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Record<string, DynamoDbValue>
}

/** A write of a whole item. */
export interface DynamoDbPut extends DynamoDbWords {
  TableName: string
  Item: DynamoDbItem
  ConditionExpression?: string
}

/** A change of some attributes. */
export interface DynamoDbUpdate extends DynamoDbWords {
  TableName: string
  Key: DynamoDbKey
  UpdateExpression: string
  ConditionExpression: string
  ReturnValues: 'NONE' | 'ALL_OLD'
}

/** The end of an item. */
export interface DynamoDbDelete extends DynamoDbWords {
  TableName: string
  Key: DynamoDbKey
  ConditionExpression?: string
}

/** A part of a table that is read in pages. */
export interface DynamoDbRange extends DynamoDbWords {
  TableName: string
  ConsistentRead: true
  KeyConditionExpression?: string
  FilterExpression?: string
  ProjectionExpression?: string
  ExclusiveStartKey?: DynamoDbKey
  Limit?: number
  Select?: 'COUNT'
}

/** A page of what was asked for. */
export interface DynamoDbPage {
  Items?: StoredItem[] | undefined
  Count?: number | undefined
  LastEvaluatedKey?: StoredItem | undefined
}

/** How a table is made. */
export interface DynamoDbTableDefinition {
  TableName: string
  BillingMode: 'PAY_PER_REQUEST'
  AttributeDefinitions: { AttributeName: string; AttributeType: 'S' }[]
  KeySchema: { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[]
}

/** What a table is like, as far as the store looks at it. */
export interface DynamoDbTableDescription {
  TableStatus?: string | undefined
  KeySchema?: { AttributeName?: string | undefined; KeyType?: string | undefined }[] | undefined
  AttributeDefinitions?:
    | { AttributeName?: string | undefined; AttributeType?: string | undefined }[]
    | undefined
}

/**
 * A client of DynamoDB, as far as the store uses it: `new DynamoDB(…)` of `@aws-sdk/client-dynamodb` is one. The
 * `DynamoDBClient` of the same package, which has `send` alone, and the document client are none.
 */
export interface DynamoDbClient {
  /** Gives one item. */
  getItem(input: {
    TableName: string
    Key: DynamoDbKey
    ConsistentRead: true
  }): Promise<{ Item?: StoredItem | undefined }>
  /** Writes a whole item. */
  putItem(input: DynamoDbPut): Promise<unknown>
  /** Changes an item, or makes it. */
  updateItem(input: DynamoDbUpdate): Promise<{ Attributes?: StoredItem | undefined }>
  /** Removes an item. */
  deleteItem(input: DynamoDbDelete): Promise<unknown>
  /** Gives a page of one partition's items. */
  query(input: DynamoDbRange): Promise<DynamoDbPage>
  /** Gives a page of all items. */
  scan(input: DynamoDbRange): Promise<DynamoDbPage>
  /** Makes a table. For `migrate`, as are those below. */
  createTable(input: DynamoDbTableDefinition): Promise<unknown>
  /** Tells what a table is like. */
  describeTable(input: { TableName: string }): Promise<{ Table?: DynamoDbTableDescription | undefined }>
  /** Tells by what attribute items are deleted. */
  describeTimeToLive(input: { TableName: string }): Promise<{
    TimeToLiveDescription?:
      | { TimeToLiveStatus?: string | undefined; AttributeName?: string | undefined }
      | undefined
  }>
  /** Sets the attribute by which items are deleted. */
  updateTimeToLive(input: {
    TableName: string
    TimeToLiveSpecification: { AttributeName: string; Enabled: true }
  }): Promise<unknown>
}

const STORE = 'DynamoDbSessionStore'
const METHODS = ['getItem', 'putItem', 'updateItem', 'deleteItem', 'query', 'scan']

/**
 * Takes the user's client.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is none that has DynamoDB's operations as methods; the message says what to give.
 */
export function dynamoDbClient(value: unknown): DynamoDbClient {
  if (isDynamoDbClient(value)) return value
  throw new ConfigError('ERR_CONFIG_INVALID', `${STORE} ${reasonAgainst(value)}`)
}

/** Of the old SDK the methods have the same names, and answer to a callback. */
function isDynamoDbClient(value: unknown): value is DynamoDbClient {
  return METHODS.every((name) => hasMethod(value, name)) && !hasMethod(value, 'makeRequest')
}

function reasonAgainst(value: unknown): string {
  if (hasMethod(value, 'makeRequest'))
    return "was given a client of the AWS SDK's version 2, which has ended. Give it new DynamoDB(…) from '@aws-sdk/client-dynamodb'."
  if (hasMethod(value, 'get') && hasMethod(value, 'put'))
    return "was given a document client. Give it new DynamoDB(…) from '@aws-sdk/client-dynamodb' itself."
  if (hasMethod(value, 'send'))
    return "was given a client that can only send commands. Give it new DynamoDB(…) from '@aws-sdk/client-dynamodb', which takes the same settings and is a DynamoDBClient too."
  return "needs a client: new DynamoDB(…) from '@aws-sdk/client-dynamodb'."
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
}
