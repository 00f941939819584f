import { ConfigError } from '../core/errors.ts'

/** A case that is not run, and why. */
export interface SkippedCase {
  /** The case's id, such as `store/walk-while-writing`. */
  id: string
  /** Why the store or adapter cannot keep the promise. It is shown in the test's title. */
  reason: string
}

/**
 * Reads which cases a suite is to leave out, and why.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` a skip names no case, or gives no reason.
 */
export function skipReasons(
  suite: string,
  cases: readonly { id: string }[],
  skip: readonly SkippedCase[],
): Map<string, string> {
  for (const { id, reason } of skip) {
    if (!cases.some((known) => known.id === id)) {
      throw new ConfigError('ERR_CONFIG_INVALID', `${suite}: skip names '${id}', which is no case.`)
    }
    if (reason.trim() === '') {
      throw new ConfigError('ERR_CONFIG_INVALID', `${suite}: the skip of '${id}' needs a reason.`)
    }
  }
  return new Map(skip.map(({ id, reason }) => [id, reason]))
}

/** Tells the test runner that a case is not run, where it can be told; else says it on the console. */
export function reportSkip(id: string, reason: string, context: unknown): void {
  if (hasSkip(context)) {
    // Some runners leave the test by throwing here, others go on.
    context.skip(reason)
  } else {
    console.info(`${id} ${reason}`)
  }
}

// Vitest's context is a function with properties.
function hasSkip(context: unknown): context is { skip(reason: string): void } {
  const holder: { skip?: unknown } = Object(context)
  return typeof holder.skip === 'function'
}
