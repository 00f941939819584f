import type { SessionRecord } from './record.ts'

/** The two limits a session lives under, in milliseconds. */
export interface Lifetime {
  /** Longest time without use. */
  idle: number
  /** Longest time in all, whatever the use. */
  absolute: number
}

// Two machines' clocks may differ. A session born further in our future than this is nonsense, and would
// outlive the absolute timeout by that much.
const CLOCK_SKEW_MS = 5 * 60_000
const LONGEST_TOUCH_INTERVAL_MS = 5 * 60_000

/** When a session that is in use now ends if nobody touches it again. */
export function expiresAt(createdAt: number, touchedAt: number, lifetime: Lifetime): number {
  return Math.min(touchedAt + lifetime.idle, createdAt + lifetime.absolute)
}

/**
 * When a record ends if nobody touches it again: the stricter of what it was given when written and what the policy says now.
 */
export function endOf({ createdAt, touchedAt, expiresAt: given }: SessionRecord, lifetime: Lifetime): number {
  return Math.min(given, expiresAt(createdAt, touchedAt, lifetime))
}

/** The latest time a session can live to, however much it is used. */
export function latestEnd(createdAt: number, lifetime: Lifetime): number {
  return createdAt + lifetime.absolute
}

/**
 * Says why a record is over, or `null` while it lives. Trusts nothing but the record's own times, and takes
 * the stricter of what it was given when written and what the policy says now.
 */
export function expiryOf(record: SessionRecord, lifetime: Lifetime, now: number): 'idle' | 'absolute' | null {
  const { createdAt, touchedAt } = record
  if (createdAt > now + CLOCK_SKEW_MS || now >= createdAt + lifetime.absolute) return 'absolute'
  if (touchedAt > now + CLOCK_SKEW_MS || now >= touchedAt + lifetime.idle) return 'idle'
  return now >= record.expiresAt ? 'idle' : null
}

/** How long after a touch the next one is worth a write: a twentieth of the idle timeout, at most 5 minutes. */
export function touchInterval(lifetime: Lifetime): number {
  return Math.min(lifetime.idle / 20, LONGEST_TOUCH_INTERVAL_MS)
}
