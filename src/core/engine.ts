import type { EventHub } from './events.ts'
import type { PlainHttpWarning } from './plain-http.ts'
import type { Policy } from './policy.ts'
import type { RecordWriter } from './record-writer.ts'
import type { ResponseEffects } from './response-effects.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { SessionLoader } from './session-loader.ts'
import type { SessionOpener } from './session-opener.ts'
import type { TicketBook } from './ticket.ts'

/** The parts one manager's requests share. */
export interface Engine {
  readonly policy: Policy
  readonly cookie: SessionCookie
  readonly plainHttp: PlainHttpWarning
  readonly tickets: TicketBook
  readonly loader: SessionLoader
  readonly opener: SessionOpener
  readonly writer: RecordWriter
  readonly events: EventHub
  /** Told the id of a record whose data turns out unreadable. */
  readonly onCorrupt: (id: string) => void
  /** What a session that was only used does to the response. */
  readonly effectsOfUse: ResponseEffects
}
