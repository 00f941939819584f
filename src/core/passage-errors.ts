import { ConfigError, UsageError } from './errors.ts'

/** A new id is asked for when no cookie of it can be set. */
export function tooLateForNewId(): UsageError {
  return tooLate(
    'so the session cannot get a new id: its cookie could not be set. Nothing was changed; call regenerate() before the response begins.',
  )
}

/** What was changed needs a cookie that can no longer be set. */
export function tooLateToSave(): UsageError {
  return tooLate(
    'and what was changed needs a new cookie, as a new session and a sign-in do. It was not saved; sign in before the response begins.',
  )
}

function tooLate(consequence: string): UsageError {
  return new UsageError('ERR_HEADERS_SENT', `The response has begun to leave, ${consequence}`)
}

/** A store that makes itself out to be faster than it is. */
export function notImmediate(answer: PromiseLike<unknown>): ConfigError {
  answer.then(undefined, () => {})
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    'The session store says that it is immediate, but its get answered with a promise. Take `immediate` out of it; nothing was read or changed.',
  )
}
