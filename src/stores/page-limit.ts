const DEFAULT_LIMIT = 100
const HIGHEST_LIMIT = 10_000

/** Makes of the limit that was asked for a whole number from 1 to 10,000, 100 when none was. */
export function pageLimit(limit: number = DEFAULT_LIMIT): number {
  return Number.isNaN(limit) ? DEFAULT_LIMIT : Math.trunc(Math.min(Math.max(limit, 1), HIGHEST_LIMIT))
}
