import type { NodeResponse } from './node-response.ts'

/**
 * Makes a response that is held back look to the handler as if its headers had gone.
 *
 * For the handler they have: it has begun to answer. Without this, code that runs before the save is done could
 * still change the status or the headers of a response whose body is already decided, and a framework that asks
 * whether the response is sent would send it again.
 */
export class ClosedHead {
  readonly #response: NodeResponse
  readonly #statusCode: number
  readonly #statusMessage: string | undefined
  readonly #own: Pick<NodeResponse, HeadMethod>
  readonly #flush: NodeResponse['flush']
  #ended = false

  /**
   * Closes the head of a response.
   * @param onFlush - Called instead of the response's `flush`, which would have nothing to flush yet.
   */
  constructor(response: NodeResponse, onFlush: () => void) {
    const { statusCode, setHeader, appendHeader, removeHeader } = response
    this.#response = response
    this.#statusCode = statusCode
    this.#statusMessage = hasStatusMessage(response) ? response.statusMessage : undefined
    this.#own = { setHeader, appendHeader, removeHeader }
    this.#flush = response.flush
    Object.assign(response, HEAD_METHODS)
    if (this.#flush !== undefined) response.flush = onFlush
    Object.defineProperties(response, {
      headersSent: { get: () => true, configurable: true },
      writableEnded: { get: () => this.#ended, configurable: true },
    })
  }

  /** Notes that the handler has ended the response. */
  end(): void {
    this.#ended = true
  }

  /** Gives the response back as it was when its head was closed. */
  open(): void {
    Object.assign(this.#response, this.#own)
    if (this.#flush !== undefined) this.#response.flush = this.#flush
    // The response's own answers are on its prototype.
    Reflect.deleteProperty(this.#response, 'headersSent')
    Reflect.deleteProperty(this.#response, 'writableEnded')
    if (!this.#response.headersSent) this.#restoreStatus()
  }

  #restoreStatus(): void {
    this.#response.statusCode = this.#statusCode
    if (!hasStatusMessage(this.#response)) return
    if (this.#statusMessage === undefined) Reflect.deleteProperty(this.#response, 'statusMessage')
    else this.#response.statusMessage = this.#statusMessage
  }
}

/** HTTP/2 has no status message, and warns of each use. */
function hasStatusMessage(response: NodeResponse): boolean {
  return Object.hasOwn(response, 'statusMessage')
}

type HeadMethod = 'setHeader' | 'appendHeader' | 'removeHeader'

const HEAD_METHODS: { [Name in HeadMethod]: () => never } = {
  setHeader: () => refuse('set'),
  appendHeader: () => refuse('append'),
  removeHeader: () => refuse('remove'),
}

/**
 * Says what Node says of a response whose headers have gone, with the code by which frameworks know it.
 * @throws {Error} always.
 */
export function refuse(verb: 'set' | 'append' | 'remove' | 'write'): never {
  const error = new Error(`Cannot ${verb} headers after they are sent to the client`)
  throw Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' })
}
