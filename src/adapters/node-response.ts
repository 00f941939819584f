import type { AnswerState } from '../core/session-follower.ts'
import type { NodeHeaderHolder } from './node-headers.ts'

/** What adapters touch of a Node response: HTTP/1 and the compatibility layer of HTTP/2 alike. */
export interface NodeResponse extends NodeHeaderHolder {
  statusCode: number
  statusMessage: string
  readonly headersSent: boolean
  readonly writableEnded: boolean
  readonly writableHighWaterMark: number
  /** What Node asked before there was `writableEnded`, as much of npm still does. It can be set in HTTP/1 alone. */
  finished?: boolean
  /** The request it answers. */
  readonly req?: { readonly socket?: object | null }
  writeHead(...args: unknown[]): unknown
  write(...args: unknown[]): unknown
  end(...args: unknown[]): unknown
  // Node's types know it of HTTP/1 alone.
  flushHeaders?(...args: unknown[]): unknown
  /** Makes the head, in HTTP/1. Nobody's but Node's own, and called by others all the same. */
  _implicitHeader?(): void
  /** Sends on what compression holds, where it is mounted. */
  flush?(): unknown
  /** Whether its connection has closed, in HTTP/1. */
  readonly destroyed?: boolean
  /** What it is sent by, in HTTP/2. */
  readonly stream?: { readonly destroyed?: boolean }
  emit(event: string, ...args: unknown[]): boolean
  // What stands in for a response of Node's may have no events to hear of.
  on?(event: 'close', listener: () => void): unknown
  listenerCount(event: string): number
  destroy(error?: Error): unknown
}

/** The methods that make a response's headers leave, and its end. */
export type SendMethod = 'writeHead' | 'write' | 'end' | 'flushHeaders'

/**
 * Tells whether a response's head has left, by Node's own word: @fastify/express has a response say so as soon as it is
 * about to.
 */
export function hasSentHead(response: Pick<NodeResponse, 'headersSent'>): boolean {
  if (!response.headersSent) return false
  const said: unknown = Reflect.get(Object.getPrototypeOf(response), 'headersSent', response)
  return said !== false
}

/** Tells a response of HTTP/2 from one of HTTP/1. */
export function isHttp2(response: NodeResponse): boolean {
  return 'stream' in response
}

/** Tells whether the connection of a response has closed: nothing more will be sent. */
export function hasClosed(response: Pick<NodeResponse, 'destroyed' | 'stream'>): boolean {
  return response.destroyed === true || response.stream?.destroyed === true
}

/** Tells how far a response has come. */
export function answerStateOf(
  response: Pick<NodeResponse, 'headersSent' | 'destroyed' | 'stream'>,
): AnswerState {
  // First: a response that has ended is closed as well.
  if (hasSentHead(response)) return 'begun'
  return hasClosed(response) ? 'unheard' : 'open'
}

/** Tells whether a response has a status message: HTTP/2 has none, and warns of each use. */
export function hasStatusMessage(response: NodeResponse): boolean {
  return Object.hasOwn(response, 'statusMessage')
}
