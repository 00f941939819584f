// About 3,000 years: a deadline that far off still is a whole number in JavaScript and in every database.
const LONGEST_MS = 100_000_000_000_000

/**
 * Makes of a ttl a whole number of milliseconds that can be added to any clock.
 * @returns Zero for a ttl that is zero, negative or not a number: the record then ends at once.
 */
export function lifetime(ttl: number): number {
  return ttl > 0 ? Math.trunc(Math.min(ttl, LONGEST_MS)) : 0
}
