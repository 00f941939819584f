import { isPromise } from './awaitable.ts'

// What they hold is in no property: read as options, they say nothing, and all would start with its default.
const WITHOUT_OPTIONS: ReadonlySet<string> = new Set([
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Date',
  'RegExp',
  'String',
  'Number',
  'Boolean',
  'BigInt',
  'Symbol',
  'URLSearchParams',
  'Headers',
  'FormData',
])

/** Tells whether a value can hold options by their names: any object of the user's own making, also an instance of a class. */
export function isOptions(value: unknown): value is object {
  return typeof value === 'object' && kindOf(value) === 'an object'
}

/** Names the kind of what came in the place of something else, and never the value: options hold secrets. */
export function kindOf(given: unknown): string {
  if (given === undefined || given === null) return String(given)
  if (Array.isArray(given)) return 'an array'
  if (isPromise(given)) return 'a promise, which is to be awaited first'
  if (typeof given !== 'object') return `a ${typeof given}`
  // Not by `instanceof`: a test runner's values come from another realm.
  const tag = Object.prototype.toString.call(given).slice('[object '.length, -1)
  return WITHOUT_OPTIONS.has(tag) ? `a ${tag}` : 'an object'
}
