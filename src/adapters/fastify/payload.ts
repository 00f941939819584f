/** Whether a payload is all there, and nothing that Fastify reads first: text, bytes, or none. */
export function isWhole(payload: unknown): boolean {
  return typeof payload !== 'object' || payload === null || payload instanceof Uint8Array
}

/**
 * Lets a stream fail before Fastify has taken it up, which is when the save is done.
 *
 * An error nobody listens for would end the process. Fastify meets it all the same: it asks a stream that it takes up
 * whether it has failed.
 */
export function letPayloadFail(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null || !('on' in payload)) return
  if (typeof payload.on === 'function') payload.on('error', ignore)
}

/** Lets go of what will not be sent, and of what it would have been read from: a Node stream, a web one, a `Response`. */
export function dropPayload(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null) return
  if ('destroy' in payload && typeof payload.destroy === 'function') payload.destroy()
  else if ('cancel' in payload && typeof payload.cancel === 'function') {
    // It rejects when somebody else is reading: then it is theirs to close.
    Promise.resolve(payload.cancel()).catch(ignore)
  } else if ('body' in payload) dropPayload(payload.body)
}

function ignore(): void {}
