/** What Workers have, and no other runtime: a passage whose readable end is of a length that is known beforehand. */
declare const FixedLengthStream:
  | (new (
      length: number,
    ) => ReadableWritablePair<Uint8Array, Uint8Array>)
  | undefined

/** Whether a `Blob` is as long as it says: on Bun a device is endless, and a file that is not there is empty. */
export function isLength(size: number | undefined): size is number {
  return size !== undefined && size > 0 && Number.isFinite(size)
}

/**
 * Whether a runtime knows by itself how long the stream of a `Blob` is, and for one of our own around it leaves a `Content-Length`
 * out: Bun does.
 */
export function hasOwnLength(size: number | undefined): boolean {
  return 'Bun' in globalThis && isLength(size)
}

/**
 * Gives a stream that is sent with its length where the runtime goes by the stream: Workers leave a `Content-Length` out of a response
 * whose stream does not say so itself.
 */
export function ofLength(stream: ReadableStream, length: string | undefined): ReadableStream {
  if (typeof FixedLengthStream === 'undefined' || length === undefined || !/^\d+$/.test(length)) return stream
  return stream.pipeThrough(new FixedLengthStream(Number(length)))
}
