import type { Passage } from '../core/passage.ts'
import { takeOver } from '../core/take-over.ts'
import { currentPassage } from './mount.ts'

// Shared by all requests, so that none needs functions of its own. The session is asked for each time, since
// `regenerate(callback)` puts another object in its place.

/** Gives the session of a request whose class has it as a property. */
export function getSession(this: object): Passage<object>['session'] | undefined {
  return currentPassage(this)?.session
}

/** Does what assigning to that property asks for. */
export function setSession(this: object, value: unknown): void {
  const session = currentPassage(this)?.session
  if (session !== undefined && session !== value) takeOver(session, value)
}
