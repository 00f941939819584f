import { kindOf } from './option-object.ts'
import { shownText } from './shown-text.ts'

/** Shows in a message what came in the place of something else: a text as one, so that `'100'` does not look like 100, and of an object no more than its kind. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null || ['number', 'boolean'].includes(typeof value))
    return String(value)
  if (typeof value === 'string') return `the text '${shownText(value, 40)}'`
  return kindOf(value)
}
