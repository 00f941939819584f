import { removeOutcome } from '../core/outcome-headers.ts'
import type { NodeResponse } from './node-response.ts'

/** Takes back what a handler has said of a response that is not sent, in its headers and in its status line. */
export function takeBack(response: NodeResponse): void {
  removeOutcome(response)
  // HTTP/2 has no status message, and warns of each use.
  if (Object.hasOwn(response, 'statusMessage')) response.statusMessage = ''
}
