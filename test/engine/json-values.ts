import fc from 'fast-check'

// Where a text has a backslash, another character stands behind it.
const unit = fc.oneof(
  fc.string({ minLength: 1, maxLength: 1 }).filter((character) => character !== '\\'),
  fc.constantFrom('\\\\', '\\n', '\\"'),
)

/**
 * Any JSON value, as it is after a trip through JSON (where -0 is 0).
 *
 * No object is even made with a key that is a single backslash: once V8 has seen one, JSON.parse of Node 24 may read another
 * key that is one escaped character as that one, which is not ours to test. None has a key `__proto__` either, which is left
 * out when data is read.
 */
export function jsonValue(maxDepth: number): fc.Arbitrary<unknown> {
  return fc
    .jsonValue({ maxDepth, stringUnit: unit })
    .filter((value) => !JSON.stringify(value).includes('"__proto__":'))
    .map((value): unknown => JSON.parse(JSON.stringify(value)))
}
