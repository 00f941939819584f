import type { StoreError } from './errors.ts'
import type { VerifiedTicket } from './verified-ticket.ts'

/** A ticket whose session could not be asked for. */
export interface UnreachableSession {
  readonly ticket: VerifiedTicket
  readonly error: StoreError
}
