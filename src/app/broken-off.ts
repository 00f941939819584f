import type { IncomingMessage, ServerResponse } from 'node:http'
import { isError } from '../core/is-error.ts'
import type { ErrorReporter } from './error-handling.ts'
import { SourceFailure } from './sent-body.ts'
import { shownRequest } from './shown-request.ts'

/**
 * Tells why an answer was broken off, when it was not by the client: its body has failed, or has another length than it says, or
 * Node has refused a header. Does not throw.
 * @param refusal - What Node threw when it was given the body; else it has destroyed the response with it.
 */
export function tellOfBrokenOff(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  refusal: unknown,
  tell: ErrorReporter,
): void {
  const cause: unknown = refusal ?? outgoing.errored
  // Whoever sends that has told what has failed.
  if (cause === null || cause === undefined || cause instanceof SourceFailure) return
  if (isLeftInLine(incoming, outgoing, cause)) return
  const error = isOfAnotherLength(cause) ? anotherLength(incoming, cause) : cause
  try {
    tell(error, requestOf(incoming))
  } catch {
    // No Request can be a TRACE, or have a password in its address.
    console.error(error)
  }
}

/**
 * Whether the client has gone while the answer waited in line behind another of its connection: Node ends it with an error of its own then.
 * One whose turn has come has a socket, and an error with the same code may be that of a stream which is sent on.
 */
function isLeftInLine({ socket }: IncomingMessage, outgoing: ServerResponse, cause: unknown): boolean {
  return outgoing.socket === null && socket.destroyed && codeOf(cause) === 'ECONNRESET'
}

function isOfAnotherLength(cause: unknown): boolean {
  return codeOf(cause) === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH'
}

function codeOf(error: unknown): unknown {
  return isError(error) && 'code' in error ? error.code : undefined
}

function anotherLength({ method = 'GET', url = '/' }: IncomingMessage, cause: unknown): Error {
  const [path = url] = url.split('?', 1)
  return new Error(
    `${shownRequest({ method, path })}: the body has another length than its Content-Length says, so the connection was broken off. Leave the header out. What fetch() gives has been decompressed: return it without its content-length and content-encoding.`,
    { cause },
  )
}

/** Makes a web request anew, without its body: the one that Hono had is out of reach. */
function requestOf({ method = 'GET', url = '/', headersDistinct }: IncomingMessage): Request {
  const headers = new Headers()
  for (const [name, values] of Object.entries(headersDistinct))
    for (const value of values ?? []) headers.append(name, value)
  const address = url.startsWith('/') ? `http://${headers.get('host') ?? 'localhost'}${url}` : url
  return new Request(address, { method, headers })
}
