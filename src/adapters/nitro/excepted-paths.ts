import { ConfigError } from '../../core/errors.ts'
import { isOptions, kindOf } from '../../core/option-object.ts'

/** Beginnings of paths that get no session. */
export type ExceptedPaths = readonly string[]

/** Where Nuxt puts what it builds. */
const BUILT: ExceptedPaths = ['/_nuxt/']

/**
 * Reads the options of the plugin.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` one is unknown or not usable.
 */
export function exceptedPaths(options: unknown): ExceptedPaths {
  if (!isOptions(options)) throw refusal(`takes its options as an object (got ${kindOf(options)})`)
  const { except = BUILT, ...others }: { except?: unknown } = options
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw refusal(`has no option ${unknown}. It knows except`)
  if (!Array.isArray(except) || !except.every(isPath))
    throw refusal("takes as except a list of beginnings of paths, such as ['/_nuxt/', '/images/']")
  return [...except]
}

/** Whether a path gets no session. */
export function isExcepted(path: string, excepted: ExceptedPaths): boolean {
  return excepted.some((beginning) => path.startsWith(beginning))
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/')
}

function refusal(why: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', `session() of coatcheck/nitro ${why}.`)
}
