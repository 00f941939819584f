import { describe, expect, test } from 'vitest'
import { KnownTickets } from '../../src/core/known-tickets.ts'
import { createToken, newTicket, sessionIdOf, type VerifiedTicket } from '../../src/core/ticket.ts'
import { heapInUse } from '../engine/heap.ts'

/** A cookie's value and what it is: a signature is as random as a token. */
function randomTicket(): [string, VerifiedTicket] {
  const token = createToken()
  return [`${token}.${createToken()}`, newTicket(token, sessionIdOf(token), 'current')]
}

describe('tickets that are known', () => {
  test('are found again, each by its own value: 1,000 at once', () => {
    const known = new KnownTickets()
    const tickets = Array.from({ length: 1_000 }, randomTicket)
    for (const [value, ticket] of tickets) known.add(value, ticket)
    for (const [value, ticket] of tickets) expect(known.get(value)).toBe(ticket)
    for (const [value] of tickets)
      expect(known.get(value.slice(0, -9) + createToken().slice(0, 9))).toBeUndefined()
  })

  test('are nothing under another token with the same signature [A05]', () => {
    const known = new KnownTickets()
    const [value, ticket] = randomTicket()
    known.add(value, ticket)
    expect(known.get(createToken() + value.slice(43))).toBeUndefined()
  })

  test('are forgotten when 16,384 others have come, and not before 8,192 have', () => {
    const known = new KnownTickets()
    const [first, firstTicket] = randomTicket()
    known.add(first, firstTicket)
    for (let count = 0; count < 8_192; count++) known.add(...randomTicket())
    // Asked for, it counts as new.
    expect(known.get(first)).toBe(firstTicket)
    for (let count = 0; count < 8_192; count++) known.add(...randomTicket())
    expect(known.get(first)).toBe(firstTicket)
    for (let count = 0; count < 16_384; count++) known.add(...randomTicket())
    expect(known.get(first)).toBeUndefined()
  })

  test('take constant memory: 98,304 of them no more than 16,384 [A13]', () => {
    const known = new KnownTickets()
    const fill = (count: number): void => {
      for (let one = 0; one < count; one++) known.add(...randomTicket())
    }
    fill(40_960)
    const before = heapInUse()
    fill(98_304)
    expect(heapInUse() - before).toBeLessThan(1_000_000)
  })
})
