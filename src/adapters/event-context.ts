import type {} from 'h3'
import type { Session } from '../core/session.ts'

// Inside the declaration below, another package's `Session` would be found first.
type VisitorSession = Session

declare module 'h3' {
  interface H3EventContext {
    /** The visitor's session. To type its data, extend `SessionData` of `coatcheck`. */
    session: VisitorSession
  }
}

/** The context of an event, as far as adapters go: where the session is put. */
export interface EventContext {
  session?: unknown
  [name: string]: unknown
}
