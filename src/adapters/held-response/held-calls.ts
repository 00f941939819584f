import type { NodeResponse, SendMethod } from '../node-response.ts'
import { ClosedHead } from './closed-head.ts'

/** A call that waits for a save. */
export class HeldCall {
  readonly method: SendMethod | 'flush'
  readonly args: unknown[]

  constructor(method: SendMethod | 'flush', args: unknown[]) {
    this.method = method
    this.args = args
  }
}

/**
 * The calls on a response that came while a save was under way, in order, and the response's head, closed meanwhile.
 */
export class HeldCalls {
  readonly #response: NodeResponse
  readonly #closed: ClosedHead
  readonly #direct: boolean
  #calls: HeldCall[] = []
  #length = 0
  #toldToWait = false

  /**
   * Closes the head of a response.
   * @param direct - Whether the calls go to Node's own methods, and to nobody else's.
   */
  constructor(response: NodeResponse, direct: boolean) {
    this.#response = response
    this.#direct = direct
    this.#closed = new ClosedHead(response, () => void this.#calls.push(new HeldCall('flush', [])))
  }

  /** Whether somebody was told to wait for `drain`. */
  get toldToWait(): boolean {
    return this.#toldToWait
  }

  /** Whether the response was ended meanwhile. */
  get ended(): boolean {
    return this.#closed.ended
  }

  /** Keeps a call, and gives what the caller gets for it. */
  add(method: SendMethod, args: unknown[]): unknown {
    if (this.ended && (method === 'write' || (method === 'end' && isChunk(args[0]))))
      return refuseAfterEnd(this.#response, method, args)
    this.#calls.push(new HeldCall(method, args))
    if (method === 'end') this.#closed.end(this.#direct)
    if (method === 'writeHead') this.#closed.show(args)
    if (method !== 'write') return this.#response
    // As Node answers: wait for 'drain', when more is waiting than its buffer would take.
    this.#length += lengthOf(args[0])
    this.#toldToWait ||= this.#length >= this.#response.writableHighWaterMark
    return !this.#toldToWait
  }

  /** Has the response look ended, as one that the framework has and will end. */
  showEnd(): void {
    this.#closed.showEnd()
  }

  /** Opens the head again, and gives the calls. */
  open(): HeldCall[] {
    this.#closed.open()
    return this.#calls
  }
}

function isChunk(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'function'
}

/**
 * Refuses what is written after the end, as Node does, but where nobody listens for the error: Node ends the process then, and it may
 * be the route behind a guard that writes.
 */
function refuseAfterEnd(response: NodeResponse, method: 'write' | 'end', args: unknown[]): unknown {
  const error = Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' })
  const callback = args.at(-1)
  queueMicrotask(() => {
    if (typeof callback === 'function') callback(error)
    if (response.listenerCount('error') > 0) response.emit('error', error)
  })
  return method === 'write' ? false : response
}

function lengthOf(chunk: unknown): number {
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk.length : 0
}
