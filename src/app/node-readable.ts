/** A stream of Node's, told by what it can do: `node:stream` is not there on every runtime. */
interface NodeReadable extends AsyncIterable<unknown> {
  pipe(target: unknown): unknown
  once(event: 'error', listener: (error: unknown) => void): unknown
  destroy(): unknown
}

/** Tells whether a value is a readable stream of Node's. */
export function isNodeReadable(value: object): value is NodeReadable {
  return Symbol.asyncIterator in value && has(value, 'pipe') && has(value, 'once') && has(value, 'destroy')
}

function has(value: object, method: string): boolean {
  return typeof Reflect.get(value, method) === 'function'
}

/**
 * Makes a web stream of Node's, read as fast as it is taken. It is destroyed when nobody wants the rest.
 *
 * Not `Readable.toWeb`, which would need `node:stream`, nor `ReadableStream.from`, which leaves a file open that is let go of before its
 * first byte was asked for.
 */
export function webStreamOf(source: NodeReadable): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        // Also before somebody reads: an error that nobody listens for ends the process.
        source.once('error', (error) => controller.error(error))
      },
      pull: async (controller) => {
        const { done, value } = await chunks.next()
        if (done === true) controller.close()
        else controller.enqueue(bytesOf(value))
      },
      cancel: () => void source.destroy(),
    },
    { highWaterMark: 0 },
  )
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return new TextEncoder().encode(chunk)
  throw new TypeError(
    `A stream that is sent gives bytes or text (got ${typeof chunk}). Send objects as JSON lines.`,
  )
}
