import { isError } from '../../core/is-error.ts'
import type {
  DynamoDbClient,
  DynamoDbItem,
  DynamoDbKey,
  DynamoDbPage,
  DynamoDbRange,
  StoredItem,
} from './client.ts'
import { explainError } from './explain-error.ts'
import { type Change, type Condition, update, wordsOf } from './expression.ts'

/** What part of a table is read. */
export type TableRange = Omit<DynamoDbRange, 'TableName' | 'ConsistentRead' | 'ExclusiveStartKey'>

/** One table of DynamoDB. It is read as it is at that moment, never as a replica that is behind may show it. */
export class Table {
  readonly #client: DynamoDbClient
  readonly #name: string

  constructor(client: DynamoDbClient, name: string) {
    this.#client = client
    this.#name = name
  }

  /** Gives an item; `undefined` when there is none. */
  async get(key: DynamoDbKey): Promise<StoredItem | undefined> {
    const answer = this.#client.getItem({ TableName: this.#name, Key: key, ConsistentRead: true })
    return (await this.#explained(answer)).Item
  }

  /** Writes a whole item, over whatever is there if the condition holds. Whether it did. */
  async put(item: DynamoDbItem, onlyIf?: Condition): Promise<boolean> {
    const input = { TableName: this.#name, Item: item, ...conditional(onlyIf) }
    return (await this.#unlessRefused(this.#client.putItem(input))) !== null
  }

  /** Changes an item, or makes it, if the condition holds. Whether it did. */
  async update(key: DynamoDbKey, change: Change, onlyIf: Condition): Promise<boolean> {
    return (await this.#update(key, change, onlyIf, 'NONE')) !== null
  }

  /**
   * Does the same, and gives the item as it was.
   * @returns Nothing in it when there was none; `null` when the condition did not hold, and nothing was changed.
   */
  swap(key: DynamoDbKey, change: Change, onlyIf: Condition): Promise<StoredItem | null> {
    return this.#update(key, change, onlyIf, 'ALL_OLD')
  }

  /** Removes an item, if it is there and the condition holds. */
  async remove(key: DynamoDbKey, onlyIf?: Condition): Promise<void> {
    const input = { TableName: this.#name, Key: key, ...conditional(onlyIf) }
    await this.#unlessRefused(this.#client.deleteItem(input))
  }

  /** Gives one page of a key's items, or without a condition on the key of the whole table. */
  page(range: TableRange, from?: DynamoDbKey): Promise<DynamoDbPage> {
    const input: DynamoDbRange = {
      ...range,
      TableName: this.#name,
      ConsistentRead: true,
      ...(from !== undefined && { ExclusiveStartKey: from }),
    }
    const isQuery = range.KeyConditionExpression !== undefined
    return this.#explained(isQuery ? this.#client.query(input) : this.#client.scan(input))
  }

  /** Gives all pages, one after the other. */
  async *pages(range: TableRange): AsyncGenerator<DynamoDbPage> {
    let from: DynamoDbKey | undefined
    do {
      const page: DynamoDbPage = await this.page(range, from)
      yield page
      from = keyAfter(page)
    } while (from !== undefined)
  }

  async #update(
    key: DynamoDbKey,
    change: Change,
    onlyIf: Condition,
    returned: 'NONE' | 'ALL_OLD',
  ): Promise<StoredItem | null> {
    const input = { TableName: this.#name, Key: key, ...update(change, onlyIf), ReturnValues: returned }
    return attributesOf(await this.#unlessRefused(this.#client.updateItem(input)))
  }

  async #unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
    try {
      return await answer
    } catch (error) {
      if (isError(error) && error.name === 'ConditionalCheckFailedException') return null
      throw explainError(error, this.#name)
    }
  }

  async #explained<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      throw explainError(error, this.#name)
    }
  }
}

/** Gives the key after which the next page begins; `undefined` on the last one. */
export function keyAfter({ LastEvaluatedKey: key }: DynamoDbPage): DynamoDbKey | undefined {
  if (key === undefined) return undefined
  return Object.fromEntries(Object.entries(key).map(([name, { S = '' }]) => [name, { S }]))
}

function conditional(onlyIf: Condition | undefined): object {
  return onlyIf === undefined ? {} : { ConditionExpression: onlyIf.text, ...wordsOf(onlyIf) }
}

function attributesOf(answer: { Attributes?: StoredItem | undefined } | null): StoredItem | null {
  return answer === null ? null : (answer.Attributes ?? {})
}
