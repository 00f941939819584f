import type { DataObject } from './data-text.ts'
import { ConfigError } from './errors.ts'
import { isOptions } from './option-object.ts'
import type { RegenerateOptions } from './session-verbs.ts'

/** Which data outlives a change of id: all of it, or these top-level keys. */
export type Carry = 'all' | readonly string[]

/**
 * Reads what `regenerate` was told to keep.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is neither `{ keep: true }` nor a list of keys.
 */
export function carryOf(options: RegenerateOptions | readonly string[] | null | undefined): Carry {
  const { keep = [], ...unknown }: RegenerateOptions = isList(options) ? { keep: options } : { ...options }
  const known = (options ?? null) === null || isList(options) || isOptions(options)
  if (known && Object.keys(unknown).length === 0) {
    if (keep === true) return 'all'
    // A text has keys too: its letters.
    if (isList(keep) && keep.every((key) => typeof key === 'string')) return keep
  }
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    "regenerate() takes nothing, { keep: true }, or a list of the keys to keep: { keep: ['cart'] }. Nothing was changed.",
  )
}

/** Gives the part of the data that goes over into a session with a new id. The values are shared, not copied. */
export function carryOver(data: DataObject, keep: Carry): DataObject {
  if (keep === 'all') return { ...data }
  const carried: DataObject = {}
  for (const key of keep) {
    if (Object.hasOwn(data, key)) carried[key] = data[key]
  }
  return carried
}

/** Gives what goes over when two changes of id follow each other before anything is saved. */
export function narrow(first: Carry, second: Carry): Carry {
  if (first === 'all') return second
  return second === 'all' ? first : first.filter((key) => second.includes(key))
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value)
}
