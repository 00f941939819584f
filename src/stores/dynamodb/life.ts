import { lifetime } from '../lifetime.ts'

const HOUR = 3_600_000

/** What a ttl comes to, by the store's clock. Times in milliseconds since the epoch. */
export interface Life {
  readonly now: number
  /** When the record ends. Zero when it is to end at once: a clock that is behind must not take it for alive. */
  readonly diesAt: number
  /** How long its user's name for it lasts, unless it is extended: see {@link UserNames}. */
  readonly namedUntil: number
  readonly isOver: boolean
}

/** Begins a life of so many milliseconds. */
export function lifeFrom(now: number, ttl: number): Life {
  const length = lifetime(ttl)
  const diesAt = length === 0 ? 0 : now + length
  return { now, diesAt, namedUntil: diesAt + Math.max(length, HOUR), isOver: length === 0 }
}
