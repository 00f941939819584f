/** What went wrong, as a word that never changes. Switch on this; messages may be reworded. */
export type ErrorCode =
  | 'ERR_CONFIG_INVALID'
  | 'ERR_CONFIG_INSECURE'
  | 'ERR_PEER_MISSING'
  | 'ERR_STORE_UNSUPPORTED'
  | 'ERR_NOT_MOUNTED'
  | 'ERR_SESSION_DESTROYED'
  | 'ERR_SESSION_READONLY'
  | 'ERR_HEADERS_SENT'
  | 'ERR_UPDATE_STUCK'
  | 'ERR_DATA_INVALID'
  | 'ERR_DATA_KEY_RESERVED'
  | 'ERR_DATA_NOT_SERIALIZABLE'
  | 'ERR_DATA_TOO_LARGE'
  | 'ERR_STORE_UNAVAILABLE'
  | 'ERR_STORE_TIMEOUT'
  | 'ERR_STORE_CONFLICT'

// Symbol.for: two copies of this package in one process still know each other's errors.
const BRAND = Symbol.for('coatcheck.error')

/** How an error is described when it is made. */
export interface ErrorDetails {
  /** The error underneath, if there is one. */
  cause?: unknown
}

/**
 * The base of every error that sessions and their stores throw. The app adds its own: `HttpError` and `ListenError`.
 *
 * Messages say what happened, what was expected and what to do. They never hold a token, a ticket, a
 * secret or session data.
 */
export class SessionError extends Error {
  /** What went wrong: one of a closed set. */
  readonly code: ErrorCode
  /** Whether the same call may succeed later with nothing changed. */
  readonly retryable: boolean
  /** The HTTP status an error handler should answer with. */
  readonly status: number
  /** The same as `status`, under the name that NestJS and others look for. */
  readonly statusCode: number
  /** Whether the message may be shown to the client: never, it is for developers. */
  readonly expose: boolean = false

  /** Makes an error; the subclasses say which codes go with which class. */
  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails & { retryable?: boolean; status?: number } = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.retryable = details.retryable ?? false
    this.status = details.status ?? 500
    this.statusCode = this.status
    Object.defineProperty(this, BRAND, { value: true })
  }

  /** Names the class in stack traces, also in minified code. */
  override get name(): string {
    return 'SessionError'
  }
}

/** A setting that cannot work or would not be safe. Thrown at construction, before any request: fix the code. */
export class ConfigError extends SessionError {
  /** Makes a configuration error. */
  constructor(
    code: 'ERR_CONFIG_INVALID' | 'ERR_CONFIG_INSECURE' | 'ERR_PEER_MISSING' | 'ERR_STORE_UNSUPPORTED',
    message: string,
    details?: ErrorDetails,
  ) {
    super(code, message, details)
  }
  override get name(): string {
    return 'ConfigError'
  }
}

/** A call at the wrong moment, such as a new id after the headers have gone. Nothing was changed: fix the code. */
export class UsageError extends SessionError {
  /** Makes a usage error. */
  constructor(
    code:
      | 'ERR_NOT_MOUNTED'
      | 'ERR_SESSION_DESTROYED'
      | 'ERR_SESSION_READONLY'
      | 'ERR_HEADERS_SENT'
      | 'ERR_UPDATE_STUCK',
    message: string,
    details?: ErrorDetails,
  ) {
    super(code, message, details)
  }
  override get name(): string {
    return 'UsageError'
  }
}

/** Data that a session cannot keep. Nothing was saved: fix the data. */
export class DataError extends SessionError {
  /** Makes a data error. */
  constructor(
    code: 'ERR_DATA_INVALID' | 'ERR_DATA_KEY_RESERVED' | 'ERR_DATA_NOT_SERIALIZABLE' | 'ERR_DATA_TOO_LARGE',
    message: string,
    details?: ErrorDetails,
  ) {
    super(code, message, details)
  }
  override get name(): string {
    return 'DataError'
  }
}

/** What the engine was asking of a store. */
export type StoreOperation =
  | 'get'
  | 'set'
  | 'create'
  | 'replace'
  | 'touch'
  | 'destroy'
  | 'listByUser'
  | 'destroyByUser'
  | 'entries'
  | 'count'
  | 'dispose'

/**
 * A store that failed, did not answer in time, or kept being written by others.
 * `status` is 503, which every framework's error handling honours. What was being saved may or may not
 * have been saved; what was there before is not overwritten later.
 */
export class StoreError extends SessionError {
  /** The store's class name. */
  readonly store: string
  /** What was asked of it. */
  readonly operation: StoreOperation

  /** Makes a store error. */
  constructor(
    code: 'ERR_STORE_UNAVAILABLE' | 'ERR_STORE_TIMEOUT' | 'ERR_STORE_CONFLICT',
    message: string,
    details: ErrorDetails & { store: string; operation: StoreOperation },
  ) {
    super(code, message, { ...details, retryable: true, status: 503 })
    this.store = details.store
    this.operation = details.operation
  }
  override get name(): string {
    return 'StoreError'
  }
}

/**
 * Tells whether an unknown error comes from this library, also from another copy of it.
 * @param code - Only this code counts. Default: any.
 */
export function isSessionError<Code extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: Code,
): error is SessionError & { readonly code: Code } {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false
  return code === undefined || ('code' in error && error.code === code)
}
