import { hasSentHead, hasStatusMessage, isHttp2, type NodeResponse } from '../node-response.ts'
import { ShownFinish, serverOf } from './shown-finish.ts'

const CLOSED: unique symbol = Symbol('coatcheck.closed')

/** A response whose head may be closed; `null` when it was once, and is open again. */
interface Closable extends NodeResponse {
  [CLOSED]?: ClosedHead | null
}

/**
 * Makes a response that is held back look to the handler as if its headers had gone.
 *
 * For the handler they have: it has begun to answer. Without this, code that runs before the save is done could
 * still change the status or the headers of a response whose body is already decided, and a framework that asks
 * whether the response is sent would send it again.
 */
export class ClosedHead {
  readonly #response: Closable
  readonly #statusCode: number
  readonly #statusMessage: string
  readonly #setHeader: NodeResponse['setHeader']
  readonly #appendHeader: NodeResponse['appendHeader']
  readonly #removeHeader: NodeResponse['removeHeader']
  readonly #implicitHeader: NodeResponse['_implicitHeader']
  readonly #flush: NodeResponse['flush']
  #ended = false
  #showsEnd = false
  #finish: ShownFinish | null = null

  /**
   * Closes the head of a response.
   * @param onFlush - Called instead of the response's `flush`, which would have nothing to flush yet.
   */
  constructor(response: NodeResponse, onFlush: () => void) {
    this.#response = response
    this.#statusCode = response.statusCode
    this.#statusMessage = hasStatusMessage(response) ? response.statusMessage : ''
    this.#setHeader = response.setHeader
    this.#appendHeader = response.appendHeader
    this.#removeHeader = response.removeHeader
    this.#implicitHeader = response._implicitHeader
    this.#flush = response.flush
    response.setHeader = HEAD_METHODS.setHeader
    response.appendHeader = HEAD_METHODS.appendHeader
    response.removeHeader = HEAD_METHODS.removeHeader
    // compression calls it up to 1.7.5, at each piece until `_header` is there, which Node alone may set.
    if (this.#implicitHeader !== undefined) response._implicitHeader = madeAlready
    if (this.#flush !== undefined) response.flush = onFlush
    if (this.#response[CLOSED] === undefined) {
      Object.defineProperty(response, 'headersSent', HEADERS_SENT)
      Object.defineProperty(response, 'writableEnded', WRITABLE_ENDED)
      if (isHttp2(response)) Object.defineProperty(response, 'finished', FINISHED)
    }
    this.#response[CLOSED] = this
  }

  /** Whether the handler has ended the response. */
  get ended(): boolean {
    return this.#ended
  }

  /** Shows the status and the reason that `writeHead` was given, as Node does; not a status that it will refuse. */
  show([status, reason]: unknown[]): void {
    const response = this.#response
    if (typeof status === 'number' && status >= 200 && status <= 599) response.statusCode = status
    if (typeof reason === 'string') response.statusMessage = reason
  }

  /** Whether the response looks ended. */
  get showsEnd(): boolean {
    return this.#showsEnd
  }

  /**
   * Notes that the handler has ended the response, and shows it so: not without a server of Node's, for what stands in for one, on
   * AWS Lambda, takes what looks ended for all there is to answer with.
   * @param direct - Whether nobody but Node is still at work on what was written.
   */
  end(direct: boolean): void {
    this.#ended = true
    const response = this.#response
    if (!isHttp2(response) && serverOf(response) === undefined) return
    this.showEnd()
    // There it is a property of its own, which to turn into an accessor would give each response a shape of its own.
    if (!isHttp2(response)) this.#finish ??= new ShownFinish(response, direct)
  }

  /** Has the response say that it was ended, to who asks for `writableEnded`. */
  showEnd(): void {
    this.#showsEnd = true
  }

  /** Gives the response back as it was when its head was closed. */
  open(): void {
    const response = this.#response
    response[CLOSED] = null
    this.#finish?.end()
    response.setHeader = this.#setHeader
    response.appendHeader = this.#appendHeader
    response.removeHeader = this.#removeHeader
    if (this.#implicitHeader !== undefined) response._implicitHeader = this.#implicitHeader
    if (this.#flush !== undefined) response.flush = this.#flush
    if (!hasSentHead(response)) this.#restoreStatus()
  }

  #restoreStatus(): void {
    this.#response.statusCode = this.#statusCode
    // Node takes none for that of the status.
    if (hasStatusMessage(this.#response)) this.#response.statusMessage = this.#statusMessage
  }
}

type HeadMethod = 'setHeader' | 'appendHeader' | 'removeHeader'

const HEAD_METHODS: { [Name in HeadMethod]: () => never } = {
  setHeader: () => refuse('set'),
  appendHeader: () => refuse('append'),
  removeHeader: () => refuse('remove'),
}

function madeAlready(): void {}

// The same functions for all responses, and left there for the rest of a response's life: an accessor of its own, or one
// that is deleted again, makes V8 keep the response and all its request until the next full collection, which cost a
// third of a write on Redis (Node 24). See docs/decisions/0016-collected-young.md.
const HEADERS_SENT: PropertyDescriptor = {
  configurable: true,
  get(this: Closable): unknown {
    return this[CLOSED] != null || ownAnswer(this, 'headersSent')
  },
}

const WRITABLE_ENDED: PropertyDescriptor = {
  configurable: true,
  get(this: Closable): unknown {
    return this[CLOSED]?.showsEnd ?? ownAnswer(this, 'writableEnded')
  },
}

const FINISHED: PropertyDescriptor = {
  configurable: true,
  get(this: Closable): unknown {
    return this[CLOSED]?.showsEnd ?? ownAnswer(this, 'finished')
  },
}

/** What Node says, whose own properties are on the prototype. */
function ownAnswer(response: NodeResponse, name: 'headersSent' | 'writableEnded' | 'finished'): unknown {
  return Reflect.get(Object.getPrototypeOf(response), name, response)
}

/**
 * Says what Node says of a response whose headers have gone, with the code by which frameworks know it.
 * @throws {Error} always.
 */
export function refuse(verb: 'set' | 'append' | 'remove' | 'write'): never {
  const error = new Error(`Cannot ${verb} headers after they are sent to the client`)
  throw Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' })
}
