import { type Awaitable, andThen, isPromise } from './awaitable.ts'
import { type DataObject, readData } from './data-text.ts'
import type { EventHub, MissReason } from './events.ts'
import { expiryOf } from './expiry.ts'
import { LoadedSession } from './loaded-session.ts'
import type { Policy, Validate, Validated } from './policy.ts'
import { isRecordOf, type SessionRecord } from './record.ts'
import type { StoreAccess } from './store-access.ts'
import type { VerifiedTicket } from './verified-ticket.ts'

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
  load(ticket: VerifiedTicket): Awaitable<LoadedSession | null> {
    return andThen(this.#access.get(ticket.id), (stored) => this.#admit(ticket, stored))
  }

  /** Reads a record again by its id; `null` when it is no longer there or has timed out. Tells no events. */
  refresh(id: string): Awaitable<SessionRecord | null> {
    return andThen(this.#access.get(id), (stored) =>
      isRecordOf(stored, id) && expiryOf(stored, this.#policy, this.#policy.now()) === null ? stored : null,
    )
  }

  #admit(ticket: VerifiedTicket, stored: unknown): Awaitable<LoadedSession | null> {
    const { id } = ticket
    if (stored === null || stored === undefined) return this.#miss('unknown', id)
    if (!isRecordOf(stored, id) || stored.data.length > this.#policy.maxBytes)
      return this.#miss('corrupt', id)
    const expiry = expiryOf(stored, this.#policy, this.#policy.now())
    if (expiry !== null) {
      this.#events.emit('expired', { id, reason: expiry })
      return null
    }
    const { validate } = this.#policy
    return validate === null ? this.#welcome(ticket, stored) : this.#examine(ticket, stored, validate)
  }

  /** With a schema the data is read at once: whether there is a session at all depends on it. */
  #examine(
    ticket: VerifiedTicket,
    record: SessionRecord,
    validate: Validate,
  ): Awaitable<LoadedSession | null> {
    const data = readData(record.data, this.#policy.maxBytes)
    if (data === null) return this.#miss('corrupt', record.id)
    const judge = (verdict: Validated): LoadedSession | null =>
      'data' in verdict ? this.#welcome(ticket, record, verdict.data) : this.#miss('invalid', record.id)
    const verdict = validate(data)
    return isPromise(verdict) ? verdict.then(judge) : judge(verdict)
  }

  #welcome(ticket: VerifiedTicket, record: SessionRecord, data?: DataObject): LoadedSession {
    this.#events.emit('loaded', { id: record.id, user: record.user })
    return new LoadedSession(record, ticket, data)
  }

  #miss(reason: MissReason, id: string): null {
    this.#events.emit('missed', { reason, id })
    return null
  }
}
