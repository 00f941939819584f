import { expect, test } from 'vitest'
import { readCookie } from '../../src/core/cookie-reader.ts'
import { KeyRing } from '../../src/core/key-ring.ts'
import { createToken, newTicket, sessionIdOf, TicketBook } from '../../src/core/ticket.ts'
import { heapInUse } from '../engine/heap.ts'
import { SECRET } from '../engine/start.ts'

test('remembered tickets do not keep the headers alive that they came in [A10]', () => {
  const book = new TicketBook(new KeyRing(SECRET, 'secret'), 'sid')
  // Signed by another book: this one has not seen them.
  const signer = new TicketBook(new KeyRing(SECRET, 'secret'), 'sid')
  const tickets = Array.from({ length: 4_000 }, () => {
    const token = createToken()
    return signer.issue(newTicket(token, sessionIdOf(token), 'current'))
  })
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
