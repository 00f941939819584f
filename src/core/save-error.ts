import { isError } from './is-error.ts'
/** Makes an error of why a save failed: what your own code threw while the data was written down need not be one. */
export function saveError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(`The save failed with a ${typeof thrown}`)
}
