import { type Awaitable, andThen, isPromise } from './awaitable.ts'
import { type DataObject, readData } from './data-text.ts'
import type { EventHub, MissReason } from './events.ts'
import { expiryOf } from './expiry.ts'
import { LoadedSession } from './loaded-session.ts'
import type { Policy, Validate, Validated } from './policy.ts'
import { isRecordOf, type SessionRecord } from './record.ts'
import type { StoreAccess } from './store-access.ts'
import type { VerifiedTicket } from './verified-ticket.ts'

/** What a ticket leads to: a live session, no record at all, or a record that is not let in, though it is in the store. */
export type Found = LoadedSession | null | 'not let in'

/** Finds the live session of a verified ticket, and says why when there is none. */
export class SessionLoader {
  readonly #access: StoreAccess
  readonly #policy: Policy
  readonly #events: EventHub

  constructor(access: StoreAccess, policy: Policy, events: EventHub) {
    this.#access = access
    this.#policy = policy
    this.#events = events
  }

  /**
   * Asks the store, once.
   * @throws {StoreError} the store failed or did not answer in time.
   */
  load(ticket: VerifiedTicket): Awaitable<Found> {
    return andThen(this.#access.get(ticket.id), (stored) => this.#admit(ticket, stored))
  }

  /** Reads a record again by its id; `null` when it is no longer there or has timed out. Tells no events. */
  refresh(id: string): Awaitable<SessionRecord | null> {
    return andThen(this.#access.get(id), (stored) =>
      isRecordOf(stored, id) && expiryOf(stored, this.#policy, this.#policy.now()) === null ? stored : null,
    )
  }

  #admit(ticket: VerifiedTicket, stored: unknown): Awaitable<Found> {
    const { id } = ticket
    if (stored === null || stored === undefined) {
      this.#events.emit('missed', { reason: 'unknown', id })
      return null
    }
    if (!isRecordOf(stored, id) || stored.data.length > this.#policy.maxBytes)
      return this.#refuse('corrupt', id)
    const expiry = expiryOf(stored, this.#policy, this.#policy.now())
    if (expiry !== null) {
      this.#events.emit('expired', { id, reason: expiry })
      return 'not let in'
    }
    const { validate } = this.#policy
    return validate === null ? this.#welcome(ticket, stored) : this.#examine(ticket, stored, validate)
  }

  /** With a schema the data is read at once: whether there is a session at all depends on it. */
  #examine(ticket: VerifiedTicket, record: SessionRecord, validate: Validate): Awaitable<Found> {
    const data = readData(record.data, this.#policy.maxBytes)
    if (data === null) return this.#refuse('corrupt', record.id)
    const judge = (verdict: Validated): Found =>
      'data' in verdict ? this.#welcome(ticket, record, verdict.data) : this.#refuse('invalid', record.id)
    const verdict = validate(data)
    return isPromise(verdict) ? verdict.then(judge) : judge(verdict)
  }

  #welcome(ticket: VerifiedTicket, record: SessionRecord, data?: DataObject): LoadedSession {
    this.#events.emit('loaded', { id: record.id, user: record.user })
    return new LoadedSession(record, ticket, data)
  }

  #refuse(reason: MissReason, id: string): 'not let in' {
    this.#events.emit('missed', { reason, id })
    return 'not let in'
  }
}
