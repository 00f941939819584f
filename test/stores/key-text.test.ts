import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeKey, encodeKey } from '../../src/stores/key-text.ts'

const RUNS = 10_000
// Of any code units, lone surrogates among them, and often of those that need care.
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.string({
    unit: fc.constantFrom('\0', ' ', '\\', '"', 'u', '0', '2', '\ud800', '\udc00', 'é', 'A', 'a'),
  }),
)

test('every text comes back as it was', () => {
  fc.assert(
    fc.property(text, (key) => decodeKey(encodeKey(key)) === key),
    { numRuns: RUNS },
  )
})

test('what is written holds nothing a database would refuse, replace or take for something else', () => {
  fc.assert(
    fc.property(text, (key) => {
      const encoded = encodeKey(key)
      return encoded.isWellFormed() && !encoded.includes('\0') && !encoded.endsWith(' ')
    }),
    { numRuns: RUNS },
  )
})

test.each(['42', 'ann@example.org', 'auth0|5f7c8ec7c33c6c004bbafe82', 'Ærøskøbing', 'o\u2019neil'])(
  '%s is written as it is',
  (key) => {
    expect(encodeKey(key)).toBe(key)
  },
)

test.each(['\\', 'a\\', '\\x', '\\u12'])('%j, which is never written, is read as it is', (encoded) => {
  expect(decodeKey(encoded)).toBe(encoded)
})
