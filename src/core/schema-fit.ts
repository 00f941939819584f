import type { DataObject } from './data-text.ts'
import { DataError } from './errors.ts'
import type { Validated } from './policy.ts'
import { shownText } from './shown-text.ts'

/**
 * Gives what a schema makes of data that is about to be saved.
 * @throws {DataError} `ERR_DATA_INVALID` the schema refuses it, or leaves out a key of it: what was written there would be saved, and never be
 * seen again. The problems name places, no values.
 */
export function fitOf(written: DataObject, judged: Validated): DataObject {
  if ('problems' in judged) throw refusedBySchema(judged.problems)
  const { data } = judged
  const leftOut = Object.keys(written).filter((key) => !isNothing(written[key]) && !Object.hasOwn(data, key))
  if (leftOut.length > 0) throw leftOutBySchema(leftOut)
  return data
}

/** Some schemas take it for no value at all. */
function isNothing(value: unknown): boolean {
  return value === null || value === ''
}

function refusedBySchema(problems: readonly string[]): DataError {
  return new DataError(
    'ERR_DATA_INVALID',
    `The session's data does not fit its schema, so nothing was saved: ${problems.join('; ')}. Make optional what is not always there.`,
  )
}

function leftOutBySchema(keys: readonly string[]): DataError {
  const [first = '', ...more] = keys
  const others = more.length === 0 ? '' : ` and ${more.length} more`
  return new DataError(
    'ERR_DATA_INVALID',
    `The session's schema leaves out '${shownText(first)}'${others}, so nothing was saved: at the next request it would not be there. Name it in the schema, or have the schema keep what it does not name, as z.looseObject does; what no longer belongs there, delete.`,
  )
}
