const TOKEN_LENGTH = 43
/** How many characters a ticket has. */
export const TICKET_LENGTH: number = 2 * TOKEN_LENGTH + 1
const DOT = 46

// What a letter may be: any of base64url, or one that may stand last. 32 bytes are 43 letters, whose last carries 4 bits: only
// 16 letters are canonical there. Any other would decode to the same bytes, and one session would have several tickets.
const ANYWHERE = 1
const LAST = 2
const KINDS = new Uint8Array(256)
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
  note(letter, ANYWHERE)
for (const letter of 'AEIMQUYcgkosw048') note(letter, LAST)

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * What the tickets of one cookie are written on, one at a time, to be looked at letter by letter: the label that is signed
 * with each of them, and behind it the ticket.
 *
 * A cookie's value is a part of the `Cookie` header, and each of its letters takes V8 a look into that. Written down once, its shape
 * is checked, and it is signed and compared, without a further copy: 1 us less of a forged cookie on Express (Node 24).
 */
export class TicketSheet {
  /** The label and the token: what is signed. */
  readonly signed: Uint8Array
  /** The signature as it came. */
  readonly signature: Uint8Array
  readonly #token: Uint8Array
  readonly #ticket: Uint8Array

  /** @param label - What stands before each token when it is signed. */
  constructor(label: string) {
    const bytes = encoder.encode(label)
    const sheet = new Uint8Array(bytes.length + TICKET_LENGTH)
    sheet.set(bytes)
    this.#ticket = sheet.subarray(bytes.length)
    this.#token = this.#ticket.subarray(0, TOKEN_LENGTH)
    this.signed = sheet.subarray(0, bytes.length + TOKEN_LENGTH)
    this.signature = this.#ticket.subarray(TOKEN_LENGTH + 1)
  }

  /** The token of the ticket that was written last. A text of its own, and no part of a header that it would keep in memory. */
  get token(): string {
    return decoder.decode(this.#token)
  }

  /** The ticket that was written last. A text of its own. */
  get ticket(): string {
    return decoder.decode(this.#ticket)
  }

  /** Writes a token down. */
  writeToken(token: string): void {
    encoder.encodeInto(token, this.#token)
  }

  /**
   * Writes down what came as a ticket.
   * @returns Whether it has the shape of one: two times 32 bytes in base64url, and a dot between them.
   */
  write(value: string): boolean {
    if (value.length !== TICKET_LENGTH) return false
    // A character beyond ASCII takes several bytes, so that not all of the text fits.
    if (encoder.encodeInto(value, this.#ticket).read !== TICKET_LENGTH) return false
    return this.#ticket[TOKEN_LENGTH] === DOT && areToken(this.#token) && areToken(this.signature)
  }
}

function areToken(letters: Uint8Array): boolean {
  let common = ANYWHERE
  let kind = 0
  for (let at = 0; at < TOKEN_LENGTH; at++) {
    kind = KINDS[letters[at] ?? 0] ?? 0
    common &= kind
  }
  return common === ANYWHERE && (kind & LAST) === LAST
}

function note(letter: string, kind: number): void {
  const code = letter.charCodeAt(0)
  KINDS[code] = (KINDS[code] ?? 0) | kind
}
