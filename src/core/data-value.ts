import { DataError } from './errors.ts'
import { shownText } from './shown-text.ts'

/**
 * Makes the error for a value that JSON cannot keep at all; `null` for every other. What sits deeper is not looked at: JSON drops or empties
 * what it cannot hold.
 */
export function valueError(key: string, value: unknown): DataError | null {
  if (isStorable(value)) return null
  return new DataError(
    'ERR_DATA_NOT_SERIALIZABLE',
    `The value for '${shownText(key)}' is a ${classOf(value)}, which JSON cannot hold. Nothing was changed; store plain values, arrays and objects.`,
  )
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'object')
    return !(value instanceof Map || value instanceof Set || value instanceof Promise)
  return typeof value !== 'function' && typeof value !== 'symbol' && typeof value !== 'bigint'
}

function classOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? value.constructor.name : typeof value
}
