import type { DefaultData } from './session-data.ts'
import type { SessionVerbs } from './session-verbs.ts'

/** One visitor's session, as a handler holds it: your data as plain properties, and a few verbs. */
export type Session<Data extends object = DefaultData> = SessionVerbs<Data> & {
  [Key in keyof Data]?: Data[Key] | undefined
}

/**
 * What may be put in the place of a session that a framework shows as a property: `null` or `undefined` ends it, as
 * `clear()` does, an object takes the place of its data.
 */
export type SessionReplacement<Data extends object = DefaultData> = Partial<Data> | null | undefined

/** A session that can be looked at and not changed, as on a WebSocket. */
export type ReadonlySession<Data extends object = DefaultData> = Pick<
  SessionVerbs<Data>,
  'id' | 'isNew' | 'createdAt' | 'expiresAt' | 'has' | 'get' | 'toJSON'
> & { readonly [Key in keyof Data]?: Data[Key] | undefined }
