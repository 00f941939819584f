import { isSessionError } from '../core/errors.ts'
import { isError } from '../core/is-error.ts'
import { hasSentHead, isHttp2, type NodeResponse } from './node-response.ts'
import { takeBack } from './take-back.ts'

/** What a client is told of an error where no framework answers for it. */
interface ErrorAnswer {
  status: number
  headers: Record<string, string>
  /** JSON text. Says nothing of the cause. */
  body: string
}

/** Words an error for the client, and shows it on the console: without a framework nobody else would. */
function errorAnswer(error: unknown): ErrorAnswer {
  console.error(error)
  const status = isSessionError(error) ? error.status : 500
  const message =
    status === 503 ? 'The session store is not available. Try again shortly.' : 'Internal Server Error'
  const body = JSON.stringify({ error: message })
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    'cache-control': 'no-store',
  }
  return { status, headers, body }
}

/**
 * Answers a Node request with an error, and shows it on the console. An answer that has begun is broken off, so that
 * nobody takes it for a whole one, as is one that cannot be sent; one that was ended is whole, and left alone.
 */
export function answerWithError(error: unknown, response: NodeResponse): void {
  const { status, headers, body } = errorAnswer(error)
  if (response.writableEnded) return
  if (hasSentHead(response)) {
    breakOff(response, error)
    return
  }
  try {
    takeBack(response)
    response.writeHead(status, headers)
    response.end(body)
  } catch (refusal) {
    // Thrown on, it would end the process: nobody is there to catch it.
    console.error(refusal)
    breakOff(response, refusal)
  }
}

function breakOff(response: NodeResponse, error: unknown): void {
  // Without an error HTTP/2 ends the stream as if it were whole; with one, HTTP/1 would tell the server of a `clientError`.
  if (isHttp2(response))
    response.destroy(isError(error) ? error : new Error(`It failed with a ${typeof error}`))
  else response.destroy()
}

/** Makes a web `Response` of an error. */
export function errorResponse(error: unknown): Response {
  const { status, headers, body } = errorAnswer(error)
  return new Response(body, { status, headers })
}
