import { ConfigError } from '../core/errors.ts'
import { kindOf } from '../core/option-object.ts'

/**
 * Refuses what cannot open sessions when it is mounted, so that no request meets it.
 * @param usage - How this adapter is mounted, for the message.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is not what `createSessions` gives.
 */
export function checkSessions(sessions: unknown, usage: string): void {
  if (typeof sessions === 'object' && sessions !== null) {
    const { open }: { open?: unknown } = sessions
    if (typeof open === 'function') return
  }
  throw refusal('what createSessions({ secret, store }) gives', givenKind(sessions), usage)
}

/**
 * Refuses a handler that cannot be called.
 * @param usage - How this adapter is mounted, for the message.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is no function.
 */
export function checkHandler(handler: unknown, usage: string): void {
  if (typeof handler !== 'function')
    throw refusal('your handler as its second argument', kindOf(handler), usage)
}

/**
 * Refuses what a framework's own functions are not among.
 * @param called - What they are, for the message.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` one of them is missing.
 */
export function checkFunctions(
  given: unknown,
  names: readonly string[],
  called: string,
  usage: string,
): void {
  if (names.every((name) => typeof Reflect.get(Object(given), name) === 'function')) return
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `session() needs ${called} as its second argument. Write ${usage}.`,
  )
}

function refusal(expected: string, given: string, usage: string): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `session() needs ${expected}; it was given ${given}. Write ${usage}.`,
  )
}

/** Names what was given in the place of a manager. */
function givenKind(given: unknown): string {
  // Before its kind: it has a `then` until it has started.
  if (typeof given === 'object' && given !== null && 'decorateRequest' in given)
    return 'a Fastify instance, with which app.register(session) calls it'
  const kind = kindOf(given)
  return kind === 'an object' ? 'an object without open()' : kind
}
