/** A promise that was not kept. Thrown by conformance cases. */
export class ConformanceFailure extends Error {
  /** Names the class in the test runner's output. */
  override get name(): string {
    return 'ConformanceFailure'
  }
}

/**
 * Checks that a condition holds. Not `node:assert`, which some runtimes do not have.
 * @throws {ConformanceFailure} it does not; the message is `message`.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ConformanceFailure(message)
}

/**
 * Checks that two JSON-like values are equal, key by key. A key with the value `undefined` is a key: a record
 * without a user has none.
 * @throws {ConformanceFailure} they differ; the message begins with `what` and shows both.
 */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  if (isEqual(actual, expected)) return
  throw new ConformanceFailure(
    `${what}: expected ${shown(expected)}, received ${shown(actual)}${firstDifference(actual, expected)}`,
  )
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && isEqual(Reflect.get(a, key), Reflect.get(b, key)))
}

const SHOWN_LENGTH = 400

function shown(value: unknown): string {
  // The replacer shows what JSON would leave out: a key whose value is undefined.
  const text =
    JSON.stringify(value, (_key, inner) => (inner === undefined ? '<undefined>' : inner)) ?? 'undefined'
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}… (${text.length} characters)` : text
}

// Long texts that differ in one character would look the same in the message.
function firstDifference(actual: unknown, expected: unknown): string {
  const [a, b] = [shownWhole(actual), shownWhole(expected)]
  if (a.length <= SHOWN_LENGTH && b.length <= SHOWN_LENGTH) return ''
  let index = 0
  while (a[index] === b[index]) index++
  return `; the first difference is at character ${index}: ${JSON.stringify(b.slice(index, index + 20))} against ${JSON.stringify(a.slice(index, index + 20))}`
}

function shownWhole(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined'
}
