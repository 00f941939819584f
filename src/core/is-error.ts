/**
 * Tells whether a value is an error, of whatever realm: under Jest, and in Vitest's `vmThreads`, an app runs in a context of its own,
 * where nothing that Node itself throws is an `instanceof Error`.
 */
export function isError(value: unknown): value is Error {
  return value instanceof Error || ERRORS.has(Object.prototype.toString.call(value))
}

/** Tells whether a value is an error of this class or of one that extends it, by its name where it is of another realm. */
export function isErrorOf(name: 'TypeError' | 'SyntaxError', value: unknown): boolean {
  return value instanceof globalThis[name] || (isError(value) && value.name === name)
}

/** Gives the errors that an error stands for, such as one for each address of a name; `null` when it stands for itself. */
export function errorsIn(error: unknown): readonly unknown[] | null {
  return isError(error) && 'errors' in error && Array.isArray(error.errors) ? error.errors : null
}

// Those of fetch() are no plain errors.
const ERRORS: ReadonlySet<string> = new Set(['[object Error]', '[object DOMException]'])
