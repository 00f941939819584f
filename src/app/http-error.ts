import { shownValue } from '../core/shown-value.ts'

/** How an {@link HttpError} is described beside status and message. */
export interface HttpErrorOptions {
  /** The error underneath. It is never shown to the client. Default: none. */
  cause?: unknown
  /** Headers of the answer, such as `{ 'retry-after': '30' }`. Default: none. */
  headers?: Readonly<Record<string, string>>
}

/**
 * An error the client is told of: thrown in a handler, it becomes `{ "error": message }` with this status.
 *
 * @example
 * throw new HttpError(404, 'There is no such order.')
 */
export class HttpError extends Error {
  /** The HTTP status, 400 to 599. */
  readonly status: number
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>

  /**
   * Makes an error for a client.
   * @param message - What the client reads.
   * @throws {RangeError} the status is not a whole number from 400 to 599.
   */
  constructor(status: number, message: string, options: HttpErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(
        `An HttpError's status is a whole number from 400 to 599 (got ${shownValue(status)}).`,
      )
    }
    this.status = status
    this.headers = options.headers ?? {}
  }

  /** Names the class in stack traces, also in minified code. */
  override get name(): string {
    return 'HttpError'
  }
}
