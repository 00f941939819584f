import { ClosedHead } from './closed-head.ts'
import type { NodeResponse, SendMethod } from './node-response.ts'

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
  #calls: HeldCall[] = []
  #length = 0
  #toldToWait = false

  /** Closes the head of a response. */
  constructor(response: NodeResponse) {
    this.#response = response
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
    this.#calls.push(new HeldCall(method, args))
    if (method === 'end') this.#closed.end()
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

function lengthOf(chunk: unknown): number {
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk.length : 0
}
