import type { SessionVerbs } from './session-verbs.ts'

/** Keys that belong to the session itself and can never be data. */
export type ReservedKey = keyof SessionVerbs<object> | '__proto__' | 'constructor'

/** Values that JSON cannot hold, so that writing one throws. */
export type UnstorableValue =
  | bigint
  | symbol
  | ((...parameters: never) => unknown)
  | Promise<unknown>
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>

/**
 * Lets a data type through when a session can hold it: no key is reserved, and no key's value is one that JSON cannot hold.
 * What sits deeper is not looked at. A `Date` passes and comes back as its text, unless a schema makes a date of it again.
 */
export type StorableData<Data> = {
  [Key in keyof Data]: Key extends ReservedKey ? never : StorableValue<Data[Key]>
}

// Of `any` nothing is known, and a conditional type would take both ways with it.
type StorableValue<Value> = 0 extends 1 & Value ? Value : Exclude<Value, UnstorableValue>
