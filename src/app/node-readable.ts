/** A readable stream of Node's, told by what it can do: `node:stream` is not there on every runtime. */
export interface NodeReadable extends AsyncIterable<unknown> {
  /** Whether a file or a socket has still to be opened. */
  readonly pending?: unknown
  readonly destroyed?: unknown
  /** What it has failed with. */
  readonly errored?: unknown
  pipe(target: unknown): unknown
  on(event: 'error', listener: (error: unknown) => void): unknown
  once(event: 'open' | 'connect' | 'ready' | 'close' | 'error', listener: (error: unknown) => void): unknown
  destroy(): unknown
}

/** Tells whether a value is a readable stream of Node's. */
export function isNodeReadable(value: object): value is NodeReadable {
  return (
    Symbol.asyncIterator in value &&
    has(value, 'pipe') &&
    has(value, 'on') &&
    has(value, 'once') &&
    has(value, 'destroy')
  )
}

function has(value: object, method: string): boolean {
  return typeof Reflect.get(value, method) === 'function'
}

/** A stream of Node's that is sent as one of the web's, read as fast as it is taken. It is destroyed when nobody wants the rest. */
export class SentReadable {
  readonly body: ReadableStream<Uint8Array>
  /** Ends when the source is open, and rejects when it cannot be opened; `null` when it needs no opening. */
  readonly opened: Promise<void> | null
  readonly #source: NodeReadable
  readonly #tell: (error: unknown) => void
  #over = false

  /** @param tell - Is told of an error that comes when the source was open: its words are not for clients. */
  constructor(source: NodeReadable, tell: (error: unknown) => void) {
    this.#source = source
    this.#tell = tell
    this.opened = isToBeOpened(source) ? this.#opening() : null
    this.body = this.#webStream()
  }

  #opening(): Promise<void> {
    const opening = new Promise<void>((resolve, reject) => {
      const { errored } = this.#source
      if (isFailure(errored)) {
        this.#over = true
        reject(errored)
        return
      }
      let opened = false
      const onOpen = (): void => {
        opened = true
        resolve()
      }
      // Not all say all of them: files of graceful-fs, and so of fs-extra, are never 'ready'.
      for (const event of ['open', 'connect', 'ready', 'close'] as const) this.#source.once(event, onOpen)
      this.#source.once('error', (error) => {
        // The handler fails with it.
        if (!opened) this.#over = true
        reject(error)
      })
    })
    // Nobody asks for it when there is an answer already.
    opening.catch(() => {})
    return opening
  }

  // Not `Readable.toWeb`, which would need `node:stream`, nor `ReadableStream.from`, which leaves a file open that is let go of
  // before its first byte was asked for.
  #webStream(): ReadableStream<Uint8Array> {
    const chunks = this.#source[Symbol.asyncIterator]()
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          // Also before somebody reads, and after the first: an error that nobody listens for ends the process.
          this.#source.on('error', (error) => this.#fail(error, controller))
        },
        pull: async (controller) => {
          try {
            const { done, value } = await chunks.next()
            if (done === true) controller.close()
            else controller.enqueue(bytesOf(value))
          } catch (error) {
            this.#fail(error, controller)
          }
        },
        cancel: () => {
          this.#over = true
          this.#source.destroy()
        },
      },
      { highWaterMark: 0 },
    )
  }

  #fail(error: unknown, controller: ReadableStreamDefaultController): void {
    if (!this.#over) this.#tell(error)
    this.#over = true
    // One that gives what cannot be sent, such as rows, has not failed itself.
    this.#source.destroy()
    controller.error(new Error('A stream that was being sent has failed.'))
  }
}

/**
 * Tells whether a stream has still to be opened, or was not to be. Files and sockets say so: of other streams only the first
 * bytes would tell, and those may be long in coming. Sockets go on saying so when they are over.
 */
function isToBeOpened({ pending, destroyed, errored }: NodeReadable): boolean {
  return isFailure(errored) || (pending === true && destroyed !== true)
}

function isFailure(errored: unknown): boolean {
  return errored !== undefined && errored !== null
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return new TextEncoder().encode(chunk)
  throw new TypeError(
    `A stream that is sent gives bytes or text (got ${typeof chunk}). Send objects as JSON lines.`,
  )
}
