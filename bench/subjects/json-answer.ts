import type { ServerResponse } from 'node:http'

/** Answers in JSON, as a handler on node:http does. */
export function json(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(body))
}
