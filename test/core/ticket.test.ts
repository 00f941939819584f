import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { KeyRing } from '../../src/core/key-ring.ts'
import { createToken, isSessionId, sessionIdOf, TicketBook } from '../../src/core/ticket.ts'
import { TICKET_LENGTH } from '../../src/core/ticket-sheet.ts'
import { SECRET } from '../engine/start.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const CANONICAL_LAST = 'AEIMQUYcgkosw048'

function bookOf(cookieName = 'sid', secret = SECRET): TicketBook {
  return new TicketBook(new KeyRing(secret, 'secret'), cookieName)
}

function replaceAt(text: string, at: number, letter: string): string {
  return text.slice(0, at) + letter + text.slice(at + 1)
}

describe('a token', () => {
  test('is 32 random bytes as 43 base64url characters, and never twice the same [C01]', () => {
    const tokens = Array.from({ length: 10_000 }, () => createToken())
    for (const token of tokens) {
      expect(token).toMatch(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/)
      expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    }
    expect(new Set(tokens).size).toBe(10_000)
    // Every bit of the 256 is drawn: each is set in about half of them.
    const ones = new Array<number>(256).fill(0)
    for (const token of tokens) {
      const bytes = Buffer.from(token, 'base64url')
      for (let bit = 0; bit < 256; bit++)
        ones[bit] = (ones[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1)
    }
    expect(Math.min(...ones)).toBeGreaterThan(4_600)
    expect(Math.max(...ones)).toBeLessThan(5_400)
  })

  test('has the SHA-256 of its text as the session id', () => {
    const token = createToken()
    expect(sessionIdOf(token)).toBe(createHash('sha256').update(token).digest('base64url'))
    expect(isSessionId(sessionIdOf(token))).toBe(true)
  })
})

describe('a ticket', () => {
  const book = bookOf()
  const token = createToken()
  const ticket = book.issue(token)

  test('is the token, a dot, and the HMAC over purpose, cookie name and token', () => {
    const signature = createHmac('sha256', SECRET)
      .update(`coatcheck ticket v1\nsid\n${token}`)
      .digest('base64url')
    expect(ticket).toBe(`${token}.${signature}`)
    expect(ticket).toHaveLength(TICKET_LENGTH)
  })

  test('verifies, on a book that has seen it and on one that has not', () => {
    for (const other of [book, book, bookOf()]) {
      expect(other.verify(ticket)).toMatchObject({ token, id: sessionIdOf(token), age: 'current' })
    }
  })

  test('cut short at any place, or lengthened, is malformed [A05] [A06]', () => {
    for (let length = 0; length < TICKET_LENGTH; length++) {
      expect(bookOf().verify(ticket.slice(0, length))).toBe('malformed')
      expect(bookOf().verify(ticket.slice(TICKET_LENGTH - length))).toBe('malformed')
    }
    for (const more of ['A', 'AA', 'AAA', '=', ' ', '\0', '.']) {
      expect(bookOf().verify(ticket + more)).toBe('malformed')
      expect(bookOf().verify(more + ticket)).toBe('malformed')
    }
  })

  test.each([TICKET_LENGTH - 1, 42])(
    'with any other letter at place %i does not verify: those that decode to the same bytes are malformed [A07]',
    (at) => {
      for (const letter of LETTERS) {
        const changed = replaceAt(ticket, at, letter)
        if (changed === ticket) continue
        expect(book.verify(changed)).toBe(CANONICAL_LAST.includes(letter) ? 'forged' : 'malformed')
      }
    },
  )

  test('with one character changed anywhere does not verify [A06] [C61]', () => {
    for (let at = 0; at < TICKET_LENGTH; at++) {
      const letter = ticket[at] === 'A' ? 'E' : 'A'
      expect(['forged', 'malformed']).toContain(book.verify(replaceAt(ticket, at, letter)))
    }
  })

  test.each(['+', '/', '=', ' ', '!', '%', '"', '\\', '\0', '\n', '\t', 'é', '\ud83d', 'Ａ', '.'])(
    'with %j in the place of a letter is malformed [A07] [A08] [A09]',
    (letter) => {
      for (const at of [0, 20, 42, 44, 60, TICKET_LENGTH - 1]) {
        expect(book.verify(replaceAt(ticket, at, letter))).toBe('malformed')
      }
    },
  )

  test.each([':', '~', ' ', 'A', ',', '..'])('with %j for its dot is malformed [A05]', (separator) => {
    expect(book.verify(ticket.replace('.', separator))).toBe('malformed')
  })

  test('of another cookie, another secret, or another token is forged [A31] [C65]', () => {
    expect(bookOf('sid2').verify(ticket)).toBe('forged')
    expect(bookOf('SID').verify(ticket)).toBe('forged')
    expect(bookOf('sid', `${SECRET}x`).verify(ticket)).toBe('forged')
    expect(book.verify(`${createToken()}${ticket.slice(43)}`)).toBe('forged')
  })

  test('of a cookie that browsers keep elsewhere under the same name is forged', () => {
    const keys = new KeyRing(SECRET, 'secret')
    const books = ['', 'path=/app', 'domain=example.com', 'partitioned'].map(
      (place) => new TicketBook(keys, 'sid', place),
    )
    for (const one of books) {
      const verdicts = books.map((other) => other.verify(one.issue(token)))
      expect(verdicts).toEqual(
        books.map((other) => (other === one ? expect.objectContaining({ token }) : 'forged')),
      )
    }
  })

  test('signed for another purpose with the same secret is forged [C65]', () => {
    for (const text of [token, `sid${token}`, `sid\n${token}`, `coatcheck ticket v1\n${token}`]) {
      const signature = createHmac('sha256', SECRET).update(text).digest('base64url')
      expect(book.verify(`${token}.${signature}`)).toBe('forged')
    }
  })

  test('is remembered only when it is good: 20,000 forgeries push nobody out [A13]', () => {
    const small = bookOf()
    const known = small.verify(ticket)
    for (let count = 0; count < 20_000; count++) small.verify(`${createToken()}.${createToken()}`)
    // The very same answer, not one made anew.
    expect(small.verify(ticket)).toBe(known)
  })
})

describe('the shape of a session id', () => {
  test.each([
    '',
    'a',
    'A'.repeat(42),
    'A'.repeat(44),
    `${'A'.repeat(42)}.`,
    `${'A'.repeat(42)}\n`,
    `${'A'.repeat(43)}\n`,
    'é'.repeat(43),
    '../../etc/passwd',
    '*',
    null,
    undefined,
    43,
    {},
    ['A'.repeat(43)],
  ])('is not that of %j [A30]', (text) => expect(isSessionId(text)).toBe(false))
})
