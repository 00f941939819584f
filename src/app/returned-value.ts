/**
 * Tells whether a handler has returned a value in the belief that it is the answer, and of which kind; `null` when it
 * may as well be what the handler's last call gave, such as a timer, an instance of a class or a handle of functions.
 */
export function valueMeantAsAnswer(returned: unknown): string | null {
  if (typeof returned === 'string') return 'a text'
  if (Array.isArray(returned)) return 'an array'
  return isPlainData(returned) ? 'an object' : null
}

function isPlainData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return !Object.values(value).some((part) => typeof part === 'function')
}
