/** Shows what came where a number was expected: a text as one, so that `'3000'` does not look like 3000. */
export function shownValue(value: unknown): string {
  if (typeof value === 'number' || value === undefined || value === null) return String(value)
  if (typeof value === 'string') return `the text '${value.slice(0, 40)}'`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
