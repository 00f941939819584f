import { isError } from '../core/is-error.ts'

/** Stands for a thrown value that is no error: Hono's error handling, and who is told of errors, take errors only. */
class ThrownValue extends Error {
  constructor(thrown: unknown) {
    const kind = typeof thrown === 'object' && thrown !== null ? 'an object' : `a value (${typeof thrown})`
    super(`A handler threw ${kind} that is no Error.`, { cause: thrown })
  }
}

/** Makes an error of whatever was thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new ThrownValue(thrown)
}

/** Gives the error that was thrown where it is one of another realm, whose class Hono does not know. */
export function errorBy(error: unknown): unknown {
  return error instanceof ThrownValue && isError(error.cause) ? error.cause : error
}

/** Gives what was thrown; for `null` and `undefined` the error in its place, so that handlers have something to look at. */
export function thrownBy(error: unknown): unknown {
  return error instanceof ThrownValue ? (error.cause ?? error) : error
}
