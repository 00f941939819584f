import type { DynamoDB } from '@aws-sdk/client-dynamodb'

/** Deletes what DynamoDB would by now, if it did so at once: every item whose `ttl` is over. DynamoDB Local deletes nothing. */
export async function expireItems(client: DynamoDB, table: string, now: number): Promise<void> {
  const { Items = [] } = await client.scan({
    TableName: table,
    ConsistentRead: true,
    FilterExpression: '#ttl < :now',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(now / 1_000)) } },
  })
  for (const { pk, sk } of Items)
    if (pk !== undefined && sk !== undefined) await client.deleteItem({ TableName: table, Key: { pk, sk } })
}
