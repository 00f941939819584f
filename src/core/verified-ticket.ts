import type { KeyAge } from './key-ring.ts'
import { RememberedData } from './remembered-data.ts'

/**
 * A ticket whose signature holds, and what this process remembers of its session from request to request. Says
 * nothing yet about whether the session lives.
 */
export interface VerifiedTicket {
  /** The bearer secret from the cookie. Never stored, logged or shown. */
  readonly token: string
  /** The cookie's value that it came as; empty on a ticket that is only now made. As secret as the token. */
  readonly value: string
  /** The store's key for it. */
  readonly id: string
  /** `older` when it should be signed again. */
  readonly age: KeyAge
  /** What its session's data was parsed to on an earlier request. */
  readonly remembered: RememberedData
  /** When this process last extended its session, in milliseconds since the epoch; 0 when it has not. */
  touchedAt: number
}

/** Makes what a verified ticket is. */
export function newTicket(token: string, id: string, age: KeyAge, value = ''): VerifiedTicket {
  return { token, value, id, age, remembered: new RememberedData(), touchedAt: 0 }
}
