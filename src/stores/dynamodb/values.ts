import type { StoredItem } from './client.ts'

/** Writes a text as DynamoDB takes it. */
export function text(value: string): { S: string } {
  return { S: value }
}

/** Writes a number as DynamoDB takes it. */
export function number(value: number): { N: string } {
  return { N: String(value) }
}

/** Gives a number of an item; no number where it has none by that name. */
export function numberIn(item: StoredItem, name: string): number {
  return Number(item[name]?.N ?? Number.NaN)
}
