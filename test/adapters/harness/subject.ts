import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import type { SkippedCase } from '../../../src/testing/skips.ts'

/** An adapter in a framework: what the conformance suite is run on. */
export interface Subject {
  /** The framework's name, with its version where there are several. */
  name: string
  serve: ServeApp
  /** What the framework has no means for. */
  skip: readonly SkippedCase[]
}

/** Skips for cases that share a reason, by their ids without `adapter/`. */
export function skipped(reason: string, ids: readonly string[]): SkippedCase[] {
  return ids.map((id) => ({ id: `adapter/${id}`, reason }))
}

/** What a framework leaves out that has no error handler of its own. */
export const NO_ERROR_HANDLER: readonly SkippedCase[] = skipped('there is no error handler to register', [
  'error-handler-has-the-session',
  'error-handler-answers-a-failed-load',
])

/** What is left out where the session is loaded before the framework is called. */
export const LOADED_BELOW: readonly SkippedCase[] = skipped(
  'the session is loaded below the framework, whose error handler is not asked',
  ['error-handler-answers-a-failed-load'],
)

/** What is left out where an error is answered below the framework in which another session is mounted. */
export const ANSWERED_BELOW: readonly SkippedCase[] = skipped(
  'the error is answered below the framework, with another head than the one that has the cookie of the session there',
  ['one-of-two-managers-is-saved'],
)

/** What a framework leaves out that cannot answer with a web `Response`. */
export const NO_WEB_RESPONSE: readonly SkippedCase[] = skipped('the framework takes no web Response', [
  'commit-before-web-response',
  'commit-before-web-redirect',
  'failed-save-web-response',
  'failed-save-web-redirect',
])
