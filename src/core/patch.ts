import { type DataObject, equalAsJson } from './data-text.ts'
import { ConfigError } from './errors.ts'
import type { RegenerateOptions } from './session.ts'

/** What one request changed, key by key at the top level. */
export interface Patch {
  /** Keys that got another value. */
  set: Map<string, unknown>
  /** Keys that went. */
  removed: Set<string>
}

/** Finds what changed between two states of the data, as a store would keep them. */
export function diff(before: DataObject, after: DataObject): Patch {
  const set = new Map<string, unknown>()
  const removed = new Set<string>()
  for (const key of Object.keys(after)) {
    if (JSON.stringify(after[key]) === undefined) {
      if (Object.hasOwn(before, key)) removed.add(key)
    } else if (!Object.hasOwn(before, key) || !equalAsJson(before[key], after[key])) set.set(key, after[key])
  }
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) removed.add(key)
  }
  return { set, removed }
}

/** Finds what changed between two texts of the data. */
export function diffTexts(before: string, after: string): Patch {
  return diff(JSON.parse(before), JSON.parse(after))
}

/** Makes the same changes to other data, in place: keys the patch does not name stay as they are there. */
export function apply(patch: Patch, data: DataObject): void {
  for (const [key, value] of patch.set) data[key] = value
  for (const key of patch.removed) delete data[key]
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

/** Which data outlives a change of id: all of it, or these top-level keys. */
export type Carry = 'all' | readonly string[]

/** Gives what goes over when two changes of id follow each other before anything is saved. */
export function narrow(first: Carry, second: Carry): Carry {
  if (first === 'all') return second
  return second === 'all' ? first : first.filter((key) => second.includes(key))
}

/**
 * Reads what `regenerate` was told to keep.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is neither `{ keep: true }` nor a list of keys.
 */
export function carryOf(options: RegenerateOptions | readonly string[] | undefined): Carry {
  const { keep, ...unknown }: RegenerateOptions = isList(options) ? { keep: options } : (options ?? {})
  const sound =
    (options ?? null) === null || (typeof options === 'object' && Object.keys(unknown).length === 0)
  if (sound && keep === true) return 'all'
  if (sound && keep === undefined) return []
  // A text has keys too: its letters.
  if (sound && isList(keep) && keep.every((key) => typeof key === 'string')) return keep
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    "regenerate() takes nothing, { keep: true }, or a list of the keys to keep: { keep: ['cart'] }. Nothing was changed.",
  )
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value)
}
