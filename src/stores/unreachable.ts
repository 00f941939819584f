import { errorsIn, isError } from '../core/is-error.ts'
import { codeOf } from './error-code.ts'

const CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
])
// Bun's own words for these.
const CODES_OF_BUN = /^ERR_(POSTGRES|MYSQL)_CONNECTION_(REFUSED|FAILED|TIMEOUT)$/

/**
 * Makes a clear error of a connection that could not be made; `undefined` of any other error. The code is kept,
 * so that whoever looks at it still can.
 */
export function unreachable(store: string, error: unknown): Error | undefined {
  const code = codeOf(error)
  if (typeof code !== 'string' || !(CODES.has(code) || CODES_OF_BUN.test(code))) return undefined
  const clear = new Error(
    `${store} cannot reach its server: ${reasonOf(error)}. Check the host and port of the client it was given, and that the server runs.`,
    { cause: error },
  )
  return Object.assign(clear, { code })
}

/** A name with several addresses fails with an AggregateError, which has no message of its own. */
function reasonOf(error: unknown): string {
  const [first] = errorsIn(error) ?? [error]
  return isError(first) && first.message !== '' ? first.message : String(codeOf(error))
}
