import { isSessionError } from '../core/errors.ts'

/** What a client is told of a session that could not be loaded or saved, where no framework answers for it. */
export interface ErrorAnswer {
  status: number
  /** JSON text. Says nothing of the cause. */
  body: string
}

/** Words an error for a client. */
export function errorAnswer(error: unknown): ErrorAnswer {
  const status = isSessionError(error) ? error.status : 500
  const message =
    status === 503 ? 'The session store is not available. Try again shortly.' : 'Internal Server Error'
  return { status, body: JSON.stringify({ error: message }) }
}
