/** What may not stand in a line of a log: what ends it, what terminals obey, and what turns text around. */
const NOT_IN_A_LINE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Names a request in a message by its method and path, which has been percent-decoded and may hold anything. */
export function shownRequest({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path.replace(NOT_IN_A_LINE, encodeURIComponent)}`
}
