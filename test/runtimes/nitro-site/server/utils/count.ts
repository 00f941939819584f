import type { H3Event } from 'h3'

/** Counts a visit. */
export function count({ context: { session } }: H3Event): void {
  session.visits = (session.visits ?? 0) + 1
}
