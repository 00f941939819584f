import type { H3Event } from 'h3'

/** What is shown of a session. */
export interface Shown {
  userId?: string
  visits?: number
}

/** Gives what is in the session of a request. */
export function shownTo({ context: { session } }: H3Event): Shown {
  const { userId, visits } = session
  return { ...(userId !== undefined && { userId }), ...(visits !== undefined && { visits }) }
}
