import type { SessionRecord } from '../core/record.ts'

/** A day, in milliseconds: the ttl of a record that is not to expire during a case. */
export const DAY = 86_400_000

/** Makes a session id as the engine makes them: 32 bytes in base64url, 43 characters. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace('=', '')
}

/** Makes a user id that no other case has. */
export function newUser(): string {
  return `user-${newId()}`
}

/** Makes an anonymous record of revision 1, begun a second ago; `changes` go over it. */
export function newRecord(changes: Partial<SessionRecord> = {}): SessionRecord {
  const now = Date.now()
  return {
    id: newId(),
    data: '{"cart":["coat","hat"]}',
    revision: 1,
    createdAt: now - 1_000,
    touchedAt: now,
    expiresAt: now + DAY,
    ...changes,
  }
}
