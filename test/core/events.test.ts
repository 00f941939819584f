import { describe, expect, test } from 'vitest'
import type { EventName } from '../../src/core/events.ts'
import type { Sessions } from '../../src/core/sessions.ts'
import { settle } from '../engine/later-store.ts'
import { start } from '../engine/start.ts'

const NAMES: readonly EventName[] = [
  'created',
  'loaded',
  'missed',
  'regenerated',
  'touched',
  'destroyed',
  'expired',
  'revoked',
  'conflict',
  'discarded',
  'evicted',
  'storeFailed',
]

/** Writes down the name and reason of every event from now on. */
function record(sessions: Sessions<{ a: number; userId: string }>): string[] {
  const seen: string[] = []
  for (const name of NAMES) {
    sessions.on(name, (event) => seen.push('reason' in event ? `${name}: ${event.reason}` : name))
  }
  return seen
}

describe('events', () => {
  test('changes dropped because the session timed out meanwhile are told as discarded', async () => {
    const { browser, clock, sessions } = start<{ a: number; userId: string }>({ idleTimeout: '30m' })
    await browser.request((session) => {
      session.a = 1
    })
    const slow = await browser.arrive()
    slow.session.a = 2
    clock.advance('31m')
    const seen = record(sessions)
    await slow.leave()
    expect(seen).toEqual(['discarded: gone'])
  })

  test('a listener that rejects does no harm to the process', async () => {
    const { browser, sessions } = start<{ a: number; userId: string }>()
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', note)
    sessions.on('created', async () => {
      throw new Error('the listener failed')
    })
    await browser.request((session) => {
      session.a = 1
    })
    await settle()
    process.removeListener('unhandledRejection', note)
    for (const other of others) process.on('unhandledRejection', other)
    expect(unhandled).toEqual([])
  })
})
