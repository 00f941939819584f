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

  test('push out those that came before them, and not the newest', () => {
    const known = new KnownTickets()
    const [first, firstTicket] = randomTicket()
    known.add(first, firstTicket)
    const signature = first.slice(43)
    // All in the same places.
    const rivals = Array.from({ length: 8 }, (): [string, VerifiedTicket] => {
      const [value, ticket] = randomTicket()
      return [value.slice(0, 43) + signature, ticket]
    })
    for (const [value, ticket] of rivals.slice(0, 7)) known.add(value, ticket)
    expect(known.get(first)).toBe(firstTicket)
    for (const [value, ticket] of rivals.slice(7)) known.add(value, ticket)
    expect(known.get(first)).toBeUndefined()
    for (const [value, ticket] of rivals) expect(known.get(value)).toBe(ticket)
  })

  test('take constant memory: 100,000 of them no more than 8,192 [A13]', () => {
    const known = new KnownTickets()
    const fill = (count: number): void => {
      for (let one = 0; one < count; one++) known.add(...randomTicket())
    }
    fill(30_000)
    const before = heapInUse()
    fill(100_000)
    expect(heapInUse() - before).toBeLessThan(1_000_000)
  })
})
