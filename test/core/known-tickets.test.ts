import { describe, expect, test } from 'vitest'
import { readCookie } from '../../src/core/cookie-reader.ts'
import { KeyRing } from '../../src/core/key-ring.ts'
import { KnownTickets } from '../../src/core/known-tickets.ts'
import { createToken, sessionIdOf, TicketBook } from '../../src/core/ticket.ts'
import { newTicket, type VerifiedTicket } from '../../src/core/verified-ticket.ts'
import { heapInUse } from '../engine/heap.ts'
import { SECRET } from '../engine/start.ts'

/** A signature is as random as a token. */
function randomTicket(): VerifiedTicket {
  const token = createToken()
  return newTicket(token, sessionIdOf(token), 'current', `${token}.${createToken()}`)
}

describe('tickets that are known', () => {
  test('are found again, each by its own value: 1,000 at once', () => {
    const known = new KnownTickets()
    const tickets = Array.from({ length: 1_000 }, randomTicket)
    for (const ticket of tickets) known.add(ticket)
    for (const ticket of tickets) expect(known.get(ticket.value)).toBe(ticket)
    for (const { value } of tickets)
      expect(known.get(value.slice(0, -9) + createToken().slice(0, 9))).toBeUndefined()
  })

  test('are nothing under another token with the same signature [A05]', () => {
    const known = new KnownTickets()
    const ticket = randomTicket()
    known.add(ticket)
    expect(known.get(createToken() + ticket.value.slice(43))).toBeUndefined()
  })

  test('are forgotten when 16,384 others have come, and not before 8,192 have', () => {
    const known = new KnownTickets()
    const first = randomTicket()
    known.add(first)
    for (let count = 0; count < 8_192; count++) known.add(randomTicket())
    // Asked for, it counts as new.
    expect(known.get(first.value)).toBe(first)
    for (let count = 0; count < 8_192; count++) known.add(randomTicket())
    expect(known.get(first.value)).toBe(first)
    for (let count = 0; count < 16_384; count++) known.add(randomTicket())
    expect(known.get(first.value)).toBeUndefined()
  })

  test('take constant memory: 98,304 of them no more than 16,384 [A13]', () => {
    const known = new KnownTickets()
    const fill = (count: number): void => {
      for (let one = 0; one < count; one++) known.add(randomTicket())
    }
    fill(40_960)
    const before = heapInUse()
    fill(98_304)
    expect(heapInUse() - before).toBeLessThan(1_000_000)
  })

  test('do not keep the headers alive that they came in [A10]', () => {
    const book = new TicketBook(new KeyRing(SECRET, 'secret'), 'sid')
    const tickets = Array.from({ length: 4_000 }, () => book.issue(createToken()))
    const before = heapInUse()
    for (const ticket of tickets) {
      // Through bytes, as a header arrives: a text of its own, not a constant shared by all.
      const header = Buffer.from(`junk=${'x'.repeat(12_000)}; sid=${ticket}`).toString('latin1')
      const [value = ''] = readCookie(header, 'sid', 2)
      expect(typeof book.verify(value)).toBe('object')
    }
    expect(heapInUse() - before).toBeLessThan(10_000_000)
    expect(typeof book.verify(tickets[0] ?? '')).toBe('object')
  })
})
