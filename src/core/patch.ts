import { type DataObject, equalAsJson } from './data-text.ts'

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

/** Finds what is to be written over data that may be in any of several states. */
function diffFromAny(befores: readonly DataObject[], after: DataObject): Patch {
  const patches = befores.map((before) => diff(before, after))
  return {
    set: new Map(patches.flatMap(({ set }) => [...set])),
    removed: new Set(patches.flatMap(({ removed }) => [...removed])),
  }
}

/** Finds the same between texts of the data. */
export function diffTexts(befores: readonly string[], after: string): Patch {
  const parsed: DataObject[] = befores.map((before) => JSON.parse(before))
  return diffFromAny(parsed, JSON.parse(after))
}

/** Makes the same changes to other data, in place: keys the patch does not name stay as they are there. */
export function apply(patch: Patch, data: DataObject): void {
  for (const [key, value] of patch.set) data[key] = value
  for (const key of patch.removed) delete data[key]
}

/**
 * Takes over into a request's data, in place, what others changed and the request did not.
 * @param newest - The data with the others' changes. Its values are shared, not copied.
 * @param bases - The data that the request's own unsaved changes count from: what was known to be in the store, and what
 * may have got there since.
 */
export function adopt(newest: DataObject, bases: readonly DataObject[], data: DataObject): void {
  const mine = diffFromAny(bases, data)
  for (const key of Object.keys(data)) {
    if (!Object.hasOwn(newest, key) && !mine.set.has(key)) delete data[key]
  }
  for (const [key, value] of Object.entries(newest)) {
    // Equal values are left alone: somebody may hold a reference to the one that is there.
    const same = Object.hasOwn(data, key) && equalAsJson(data[key], value)
    if (!same && !mine.set.has(key) && !mine.removed.has(key)) data[key] = value
  }
}
