import { shownValue } from '../core/shown-value.ts'

/** An app that could not begin to listen. It is as it was; unless it is closed, `listen` can be called again. */
export class ListenError extends Error {
  /** What is wrong, as the system or Node calls it: `'EADDRINUSE'` is a port that is taken. */
  readonly code: string

  /** Makes an error; `portError` words the system's. */
  constructor(code: string, message: string, cause?: Error) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }

  /** Names the class in stack traces, also in minified code. */
  override get name(): string {
    return 'ListenError'
  }
}

/**
 * Checks that a port is one.
 * @throws {ListenError} `ERR_SOCKET_BAD_PORT` it is not a whole number from 0 to 65535.
 */
export function checkPort(port: unknown): void {
  if (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535) return
  // What the environment holds is a text.
  const fix = typeof port === 'string' ? ' Write Number(process.env.PORT).' : ''
  throw new ListenError(
    'ERR_SOCKET_BAD_PORT',
    `A port is a whole number from 0 to 65535 (got ${shownValue(port)}).${fix}`,
  )
}

/**
 * Checks that a host is one, where no types have. A callback in its place would never be called.
 * @throws {ListenError} `ERR_INVALID_ARG_TYPE` it is neither a text nor left out.
 */
export function checkHost(host: unknown): void {
  if (host === undefined || typeof host === 'string') return
  throw new ListenError(
    'ERR_INVALID_ARG_TYPE',
    `The host to listen on is a text such as '127.0.0.1', or left out (got ${shownValue(host)}). There is no callback, listen answers with a promise: const { url } = await app.listen(3000).`,
  )
}

/** Words the system's error for a port. */
export function portError(cause: Error, port: number): ListenError {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'UNKNOWN'
  return new ListenError(code, describe(code, port, cause), cause)
}

function describe(code: string, port: number, cause: Error): string {
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken. Stop what listens on it, or take another port; 0 picks a free one.`
  }
  if (code === 'EACCES') {
    return `Port ${port} may not be listened on: ports below 1024 need more rights. Take a higher one.`
  }
  return `Port ${port} cannot be listened on: ${cause.message}`
}
