import { ConfigError } from '../core/errors.ts'
import { isOptions, kindOf } from '../core/option-object.ts'
import { shownValue } from '../core/shown-value.ts'

/**
 * Gives the options of a store, which JavaScript may have given as something else.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` they are no object.
 */
export function optionsOf<Options extends object>(store: string, options: Options): Options {
  if (isOptions(options)) return options
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `${store} takes its options as an object of names and values, received ${kindOf(options)}.`,
  )
}

/** Makes the error for an option that cannot be used: what was expected, and what kind of thing came. */
export function invalidOption(
  store: string,
  option: string,
  expected: string,
  received: unknown,
): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `${store}: the option ${option} cannot be used. Expected ${expected}, received ${shownValue(received)}.`,
  )
}

/**
 * Gives the clock that a store goes by.
 * @param now - The option `now`. Left out: `Date.now`, asked for each time, since tests that put a clock of theirs in its place
 * do so after the store was made.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is no function.
 */
export function clockOf(store: string, now: (() => number) | undefined): () => number {
  if (now === undefined) return () => Date.now()
  if (typeof now === 'function') return now
  throw invalidOption(store, 'now', 'a function giving milliseconds since the epoch', now)
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
