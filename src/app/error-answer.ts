import { isSessionError } from '../core/errors.ts'
import { isError } from '../core/is-error.ts'
import { HttpError } from './http-error.ts'
import { statusText } from './status-text.ts'

/** What a client is told of an error. */
export interface ErrorAnswer {
  status: number
  message: string
  headers: Readonly<Record<string, string>>
  /** Whether it is the server's fault, and to be reported. */
  fault: boolean
}

/**
 * Words an error for a client.
 *
 * An {@link HttpError} speaks for itself, and so does one of Express's neighbours that says `expose: true`. Any other
 * error's message was not written for clients: of its status 4xx or 503 they are told, of its words nothing.
 *
 * @param unsent - The response's status when the error came, which is the error's if it says that something went wrong
 * and the error itself has none.
 */
export function errorAnswer(error: unknown, unsent: number): ErrorAnswer {
  if (error instanceof HttpError) {
    const { status, message, headers } = error
    return { status, message, headers, fault: false }
  }
  const own = ownStatusOf(error)
  const status = own ?? (unsent >= 400 ? unsent : 500)
  // What does not say that it is the client's is a surprise, whatever status was set before it came.
  return { status, message: messageOf(error, status), headers: {}, fault: own === null || own >= 500 }
}

function ownStatusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null
  const { status, statusCode }: { status?: unknown; statusCode?: unknown } = error
  const code = status ?? statusCode
  if (typeof code !== 'number' || !Number.isInteger(code)) return null
  return isPassedOn(code) ? code : 500
}

function isPassedOn(code: number): boolean {
  return (code >= 400 && code < 500) || code === 503
}

function messageOf(error: unknown, status: number): string {
  if (status === 503 && isSessionError(error)) {
    return 'The session store is not available. Try again shortly.'
  }
  const exposed = isError(error) && 'expose' in error && error.expose === true
  return exposed && status < 500 ? error.message : statusText(status)
}
