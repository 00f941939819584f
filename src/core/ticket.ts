import { readCookie } from './cookie-reader.ts'
import { randomToken, sha256 } from './crypto.ts'
import type { MissReason } from './events.ts'
import type { KeyRing } from './key-ring.ts'
import { KnownTickets } from './known-tickets.ts'
import { TICKET_LENGTH, TicketSheet } from './ticket-sheet.ts'
import { newTicket, type VerifiedTicket } from './verified-ticket.ts'

const SESSION_ID = /^[A-Za-z0-9_-]{43}$/
// Browsers send a handful at most; what a hostile client adds beyond is not worth a signature check.
const MAX_TICKETS = 32

/** Makes the secret a new session is found by: 32 random bytes, as 43 base64url characters. */
export function createToken(): string {
  return randomToken()
}

/** Gives the session id of a token: its SHA-256, as 43 base64url characters. */
export function sessionIdOf(token: string): string {
  return sha256(token)
}

/** Tells whether a text has the shape of a session id. */
export function isSessionId(text: unknown): text is string {
  return typeof text === 'string' && SESSION_ID.test(text)
}

/**
 * The tickets of one cookie: `token.signature`, the signature being HMAC-SHA-256 over the cookie's name, its place and
 * the token, so that a ticket of one cookie is nothing in another one signed with the same secret.
 */
export class TicketBook {
  readonly #keys: KeyRing
  readonly #cookieName: string
  readonly #sheet: TicketSheet
  // A known visitor's request need not pay for the signature again. Only good tickets get in, so forgeries cannot fill
  // it or push anybody out.
  readonly #known = new KnownTickets()

  /**
   * Ties a key ring to a cookie.
   * @param place - Where browsers keep it, beside its name: a ticket that a change of its path or domain leaves behind must count for
   * nothing, or beside a new one both would. Default: host-only, on `/`.
   */
  constructor(keys: KeyRing, cookieName: string, place = '') {
    this.#keys = keys
    this.#cookieName = cookieName
    // The version and purpose stand in front, so that no other use of the same secret signs the same text.
    // Neither a cookie's name nor its place can hold a line feed, so no two cookies give one text.
    const cookie = place === '' ? cookieName : `${cookieName}\n${place}`
    this.#sheet = new TicketSheet(`coatcheck ticket v1\n${cookie}\n`)
  }

  /** Signs a token with the newest key. */
  issue(token: string): string {
    // Not known from then on: that makes each new session 2.5 us dearer (Node 24), and not all visitors come back.
    this.#sheet.writeToken(token)
    return `${token}.${this.#keys.sign(this.#sheet.signed)}`
  }

  /**
   * Finds the ticket that a `Cookie` header proves: exactly one valid one counts.
   * @returns Why none counts; `null` when there is no cookie of our name.
   */
  find(cookieHeader: string): VerifiedTicket | MissReason | null {
    const values = readCookie(cookieHeader, this.#cookieName, MAX_TICKETS + 1)
    // What stands behind them is not looked at, and could be a second valid one.
    if (values.length > MAX_TICKETS) return 'ambiguous'
    let found: VerifiedTicket | null = null
    let reason: MissReason | null = null
    for (const value of values) {
      const ticket = this.verify(value)
      if (typeof ticket === 'string') reason ??= ticket
      // One token signed with two keys is still one session.
      else if (found === null || found.token === ticket.token) found = ticket
      else return 'ambiguous'
    }
    return found ?? reason
  }

  /**
   * Checks a cookie's value: first its shape, then its signature.
   * @returns What it proves, or why it proves nothing.
   */
  verify(value: string): VerifiedTicket | 'malformed' | 'forged' {
    if (value.length !== TICKET_LENGTH) return 'malformed'
    const known = this.#known.get(value)
    if (known !== undefined) return known
    const sheet = this.#sheet
    if (!sheet.write(value)) return 'malformed'
    const age = this.#keys.verify(sheet.signed, sheet.signature)
    if (age === null) return 'forged'
    const { token } = sheet
    const verified = newTicket(token, sessionIdOf(token), age, sheet.ticket)
    this.#known.add(verified)
    return verified
  }
}
