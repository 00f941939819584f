import { SentBody } from './sent-body.ts'

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

/** A stream of Node's that is sent as one of the web's. It is destroyed when nobody wants the rest. */
export class SentReadable {
  readonly body: ReadableStream<Uint8Array>
  /** Ends when the source is open, and rejects when it cannot be opened; `null` when it needs no opening. */
  readonly opened: Promise<void> | null

  /** @param tell - Is told of an error that comes when the source was open: its words are not for clients. */
  constructor(source: NodeReadable, tell: (error: unknown) => void) {
    // Not `Readable.toWeb`, which would need `node:stream`.
    const sent = new SentBody(source[Symbol.asyncIterator](), () => source.destroy(), tell)
    this.opened = isToBeOpened(source) ? opening(source, sent) : null
    // Also before somebody reads, and after the first: an error that nobody listens for ends the process.
    source.on('error', (error) => sent.fail(error))
    this.body = sent.stream
  }
}

function opening(source: NodeReadable, sent: SentBody): Promise<void> {
  const opened = new Promise<void>((resolve, reject) => {
    const { errored } = source
    if (isFailure(errored)) {
      sent.hush()
      reject(errored)
      return
    }
    let open = false
    const onOpen = (): void => {
      open = true
      resolve()
    }
    // Not all say all of them: files of graceful-fs, and so of fs-extra, are never 'ready'.
    for (const event of ['open', 'connect', 'ready', 'close'] as const) source.once(event, onOpen)
    source.once('error', (error) => {
      // The handler fails with it.
      if (!open) sent.hush()
      reject(error)
    })
  })
  // Nobody asks for it when there is an answer already.
  opened.catch(() => {})
  return opened
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
