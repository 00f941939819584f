/**
 * Tells the errors by which Next.js answers, of `redirect()`, `notFound()`, `forbidden()` and `unauthorized()`, from those of the app:
 * their `digest` says so. `NEXT_NOT_FOUND` is that of Next.js 15.0.
 */
export function isNavigation(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('digest' in error)) return false
  return (
    typeof error.digest === 'string' &&
    /^NEXT_(?:(?:REDIRECT|HTTP_ERROR_FALLBACK);|NOT_FOUND$)/.test(error.digest)
  )
}
