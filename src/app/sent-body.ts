/**
 * The error of a body whose source has failed, with the source's error as its cause. Its words are for clients: the source's own were told
 * to the app.
 */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure'

  constructor(cause: unknown) {
    super('A stream that was being sent has failed.', { cause })
  }
}

/** A stream that is sent, read as fast as it is taken from a source that is let go of when nobody wants the rest. */
export class SentBody {
  readonly stream: ReadableStream<Uint8Array>
  readonly #close: () => void
  readonly #tell: (error: unknown) => void
  #controller: ReadableStreamDefaultController | null = null
  #over = false

  /**
   * @param chunks - What the source gives.
   * @param close - Lets go of the source. Does not throw.
   * @param tell - Is told of an error while it is sent.
   */
  constructor(
    chunks: Pick<AsyncIterator<unknown>, 'next'>,
    close: () => void,
    tell: (error: unknown) => void,
  ) {
    this.#close = close
    this.#tell = tell
    this.stream = this.#read(chunks)
  }

  /** Breaks the body off, and lets go of the source. */
  fail(error: unknown): void {
    if (!this.#over) this.#tell(error)
    this.#end()
    this.#controller?.error(new SourceFailure(error))
  }

  /** Lets nothing more be told: somebody else answers for the source's error. */
  hush(): void {
    this.#over = true
  }

  // Not `ReadableStream.from`, which leaves a file open that is let go of before its first byte was asked for.
  #read(chunks: Pick<AsyncIterator<unknown>, 'next'>): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: async (controller) => {
          try {
            const { done, value } = await chunks.next()
            if (done === true) controller.close()
            else controller.enqueue(bytesOf(value))
          } catch (error) {
            this.fail(error)
          }
        },
        cancel: () => this.#end(),
      },
      { highWaterMark: 0 },
    )
  }

  #end(): void {
    this.#over = true
    // One that gives what cannot be sent, such as rows, has not failed itself.
    this.#close()
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return new TextEncoder().encode(chunk)
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk)
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  throw new TypeError(
    `A stream that is sent gives bytes or text (got ${typeof chunk}). Send objects as JSON lines.`,
  )
}
