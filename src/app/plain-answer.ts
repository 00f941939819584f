import type { StatusCode } from 'hono/utils/http-status'
import { applyEffects, type ResponseEffects } from '../core/response-effects.ts'
import { PlainHeaders } from './plain-headers.ts'

/** What a response's body may be. */
export type AnswerBody = string | Uint8Array<ArrayBuffer> | ArrayBuffer | ReadableStream | null

/** An answer whose one header is its type, and for which nobody has needed a `Response` yet. */
export interface PlainAnswer {
  readonly status: StatusCode
  readonly body: AnswerBody
  readonly type: string | null
}

/** A response of Node's, told by what an answer asks of it: not every project that uses an app has the types of `node:http`. */
export interface NodeOutgoing {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body?: string | Uint8Array): unknown
}

/**
 * Makes the response of a plain answer.
 *
 * Its headers are a plain object, which @hono/node-server passes on as they are: touching `headers` of a `Response`,
 * to write the session's effects, costs 6 to 10 us.
 */
export function plainResponse(answer: PlainAnswer, effects: ResponseEffects | null): Response {
  return new Response(answer.body, { status: answer.status, headers: headersOf(answer, effects).record })
}

/**
 * Sends a plain answer, with the head and the body that @hono/node-server would send for its response.
 * @returns `false` when nothing was sent, since its body is none that Node takes.
 */
export function sendPlain(
  answer: PlainAnswer,
  effects: ResponseEffects | null,
  outgoing: NodeOutgoing,
): boolean {
  const { status, body } = answer
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array)) return false
  const headers = headersOf(answer, effects)
  if (body !== null) headers.set('content-length', String(Buffer.byteLength(body)))
  outgoing.writeHead(status, headers.record)
  if (body === null) outgoing.end()
  else outgoing.end(body)
  return true
}

function headersOf({ type }: PlainAnswer, effects: ResponseEffects | null): PlainHeaders {
  const headers = new PlainHeaders()
  if (type !== null) headers.set('content-type', type)
  if (effects !== null) applyEffects(effects, headers)
  return headers
}
