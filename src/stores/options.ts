import { ConfigError } from '../core/errors.ts'

/** Makes the error for an option that cannot be used: what was expected, and what kind of thing came. */
export function invalidOption(
  store: string,
  option: string,
  expected: string,
  received: unknown,
): ConfigError {
  const shown =
    typeof received === 'number' || typeof received === 'string' ? JSON.stringify(received) : typeof received
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `${store}: the option ${option} cannot be used. Expected ${expected}, received ${shown}.`,
  )
}

/**
 * Refuses options that the store does not have, so that a misspelt one is not passed over in silence.
 * @param unknown - What is left of the options after the known ones were taken out.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` there are any.
 */
export function refuseUnknownOptions(store: string, unknown: object, known: string): void {
  const [name] = Object.keys(unknown)
  if (name === undefined) return
  throw new ConfigError('ERR_CONFIG_INVALID', `${store} has no option ${name}. It knows ${known}.`)
}
