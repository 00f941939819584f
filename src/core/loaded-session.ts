import { type DataObject, EMPTY_TEXT } from './data-text.ts'
import type { Loaded } from './decide.ts'
import type { SessionRecord } from './record.ts'
import { newTicket, type VerifiedTicket } from './verified-ticket.ts'

/** A session that was loaded for a verified ticket. */
export class LoadedSession implements Loaded {
  record: SessionRecord
  ticket: VerifiedTicket
  /** What a schema made of the record's data; `undefined` without one. */
  readonly data: DataObject | undefined
  /**
   * Whether this request has told the store to end the record, for one under a new id, and does not know whether it has.
   * That the record is gone then need not be somebody else's doing.
   */
  endInDoubt = false
  /** Whether a write of this request has failed that may be in the store, or get there yet. */
  writeInDoubt = false

  constructor(record: SessionRecord, ticket: VerifiedTicket, data?: DataObject) {
    this.record = record
    this.ticket = ticket
    this.data = data
  }

  /** A session that was just written under a token of its own. */
  static under(token: string, record: SessionRecord, data?: DataObject): LoadedSession {
    return new LoadedSession(record, newTicket(token, record.id, 'current'), data)
  }

  /**
   * A session that was just written over. Its ticket is as old as the record from then on: after a clock that was set back, what was
   * noted before would keep this process from touching it.
   */
  static writtenOver(record: SessionRecord, ticket: VerifiedTicket, data?: DataObject): LoadedSession {
    ticket.touchedAt = record.touchedAt
    return new LoadedSession(record, ticket, data)
  }

  /**
   * A session that was there when the request came, and has ended since: it has nothing to read, and what is written to it is
   * found to be too late.
   */
  static ended(ticket: VerifiedTicket, now: number): LoadedSession {
    const { id } = ticket
    const record = { id, data: EMPTY_TEXT, revision: 0, createdAt: now, touchedAt: now, expiresAt: now }
    return new LoadedSession(record, ticket)
  }

  /** What changes count from: a schema may fill in defaults or change types, and its own output is what is unchanged. */
  get base(): string {
    return this.data === undefined ? this.record.data : JSON.stringify(this.data)
  }

  /** When it was last extended, also by this process after it was loaded: parallel requests touch once. */
  get touchedAt(): number {
    return Math.max(this.record.touchedAt, this.ticket.touchedAt)
  }

  get olderKey(): boolean {
    return this.ticket.age === 'older'
  }

  get signedIn(): boolean {
    return this.record.user !== undefined
  }
}
