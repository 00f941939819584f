import { createReadStream } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import type { Answer, EventsAnswer } from '../../../src/testing/adapter-app.ts'

/** What Node's responses have in common, of HTTP/1 and of HTTP/2. */
interface NodeAnswerable extends Writable {
  statusCode: number
  setHeader(name: string, value: string): unknown
  appendHeader(name: string, value: string): unknown
  writeHead(status: number, headers?: Record<string, string>): unknown
  // Node's types know it of HTTP/1 alone.
  flushHeaders?(): void
}

/** Answers on plain Node, HTTP/1 or HTTP/2. */
export async function answerOnNode(answer: Answer, response: NodeAnswerable): Promise<void> {
  switch (answer.kind) {
    case 'json':
      for (const line of answer.cookies ?? []) response.appendHeader('set-cookie', line)
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
      response.end(JSON.stringify(answer.body))
      return
    case 'redirect':
      response.statusCode = 302
      response.setHeader('location', answer.to)
      response.end(answer.body ? `Found. Redirecting to ${answer.to}` : '')
      return
    case 'empty':
      response.writeHead(answer.status)
      response.end()
      return
    case 'file':
      createReadStream(import.meta.filename).pipe(response)
      return
    case 'stream':
      Readable.from(answer.chunks).pipe(response)
      return
    case 'events':
      return sendEvents(answer, response)
    case 'response':
      throw new Error('Node has no means for a web Response.')
  }
}

/** Sends events as a handler on a bare Node response does. */
export async function sendEvents({ events }: EventsAnswer, response: NodeAnswerable): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders?.()
  for await (const event of events) response.write(`data: ${event}\n\n`)
  response.end()
}
