import { removeOutcome } from '../core/outcome-headers.ts'
import { hasStatusMessage, type NodeResponse } from './node-response.ts'

/** Takes back what a handler has said of a response that is not sent, in its headers and in its status line. */
export function takeBack(response: NodeResponse): void {
  removeOutcome(response)
  if (hasStatusMessage(response)) response.statusMessage = ''
}
