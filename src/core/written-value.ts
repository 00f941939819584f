/** Tells whether a value is the same after it was written and read, and cannot be changed in place. */
export function isWrittenAsItIs(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  return typeof value === 'string' || typeof value === 'boolean' || value === null
}
