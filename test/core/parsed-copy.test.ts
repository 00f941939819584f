import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyParsed } from '../../src/core/parsed-copy.ts'
import { jsonValue } from '../engine/json-values.ts'

/** Gives every list and object in a value, itself included. */
function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  return [value, ...Object.values(value).flatMap(objectsIn)]
}

test('a copy of what was parsed is the same text, and shares no list and no object with it: 5,000 random values', () => {
  fc.assert(
    fc.property(jsonValue(4), (value) => {
      const parsed: unknown = JSON.parse(JSON.stringify(value))
      const copy = copyParsed(parsed)
      expect(JSON.stringify(copy)).toBe(JSON.stringify(parsed))
      const originals = new Set(objectsIn(parsed))
      expect(objectsIn(copy).filter((object) => originals.has(object))).toEqual([])
    }),
    { numRuns: 5_000 },
  )
})

test('a copy has a key __proto__ as the original has it, and nothing that stands on every object [A12]', () => {
  const parsed: object = JSON.parse('{"list":[{"__proto__":{"isAdmin":true}}]}')
  const stands = { value: { a: 1 }, enumerable: true, writable: true, configurable: true }
  Object.defineProperty(Object.prototype, 'polluted', stands)
  const copy = copyParsed(parsed)
  Reflect.deleteProperty(Object.prototype, 'polluted')
  expect(Object.hasOwn(copy, 'polluted')).toBe(false)
  expect(JSON.stringify(copy)).toBe('{"list":[{"__proto__":{"isAdmin":true}}]}')
  expect(Reflect.get(objectsIn(copy)[2] ?? {}, 'isAdmin')).toBeUndefined()
})

test('data nested 500 deep is copied', () => {
  const text = `${'{"a":['.repeat(250)}${']}'.repeat(250)}`
  expect(JSON.stringify(copyParsed(JSON.parse(text)))).toBe(text)
})
