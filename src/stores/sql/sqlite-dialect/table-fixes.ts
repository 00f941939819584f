import { isError } from '../../../core/is-error.ts'

/** What to do about an error, by words of its message. */
export type Fix = readonly [words: RegExp, fix: string]

/** What to do about a table that cannot be used, by SQLite's own words, which are the same through every driver. */
export const TABLE_FIXES: readonly Fix[] = [
  [
    /reserved for internal use/i,
    'Names that begin with sqlite_ are for SQLite alone: name another table with the option table.',
  ],
  [
    /no such column|no column named|already an? |may not be indexed|because it is a view|ON CONFLICT clause/i,
    'It was made by something else: name another one with the option table.',
  ],
]

/** Gives the fix for an error; `undefined` when there is none. */
export function fixFor(error: unknown, fixes: readonly Fix[]): string | undefined {
  const reason = reasonOf(error)
  return fixes.find(([words]) => words.test(reason))?.[1]
}

/** Gives what an error says. */
export function reasonOf(error: unknown): string {
  return isError(error) ? error.message : String(error)
}
