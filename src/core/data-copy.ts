import { type DataObject, MAX_DEPTH } from './data-text.ts'

/**
 * Copies data with its plain objects, arrays and dates; anything else in it is shared.
 *
 * For what a schema makes: libraries hand out their default values themselves, and a default that one visitor's handler
 * changed would be everybody's from then on. Not as JSON, for a schema may make dates and objects of a class.
 */
export function copyData(data: DataObject, depth = 0): DataObject {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, copyValue(value, depth + 1)]))
}

function copyValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value
  if (Array.isArray(value)) return value.map((one: unknown) => copyValue(one, depth + 1))
  if (value instanceof Date) return new Date(value)
  return isPlain(value) ? copyData(value, depth) : value
}

function isPlain(value: object): value is DataObject {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
