import { SentBody } from './sent-body.ts'

/** A stream of the web's that is sent. It stays locked: who sends it once more is told so. */
export class SentStream {
  readonly body: ReadableStream<Uint8Array>
  /** Ends at once, and rejects when the source has failed before. */
  readonly opened: Promise<void>

  /** @param tell - Is told of an error that comes later: its words are not for clients. */
  constructor(source: ReadableStream<unknown>, tell: (error: unknown) => void) {
    const reader = source.getReader()
    const close = (): void => {
      reader.cancel().catch(() => {
        // It has failed.
      })
    }
    const sent = new SentBody({ next: () => reader.read() }, close, tell)
    this.body = sent.stream
    this.opened = opening(reader.closed, sent)
  }
}

function opening(closed: Promise<unknown>, sent: SentBody): Promise<void> {
  const opened = new Promise<void>((resolve, reject) => {
    let open = false
    const onFailure = (error: unknown): void => {
      // The handler fails with it.
      if (!open) sent.hush()
      reject(error)
    }
    const onOpen = (): void => {
      open = true
      resolve()
    }
    closed.then(onOpen, onFailure)
    // One that has failed has said so by then.
    Promise.resolve().then(onOpen)
  })
  // Nobody asks for it when there is an answer already.
  opened.catch(() => {})
  return opened
}
