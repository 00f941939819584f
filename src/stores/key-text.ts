/**
 * Writes a user id so that every database keeps it apart from all others: as the inside of a JSON string. An
 * ordinary id comes out as it went in.
 *
 * PostgreSQL refuses U+0000 in text, every driver turns a lone surrogate into U+FFFD and so two users into one,
 * and MySQL's collations take `'bob '` for `'bob'`: the last space is escaped too.
 */
export function encodeKey(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1)
  return escaped.endsWith(' ') ? `${escaped.slice(0, -1)}\\u0020` : escaped
}

/** Reads what {@link encodeKey} wrote. What it cannot have written is given as it is. */
export function decodeKey(encoded: string): string {
  if (!encoded.includes('\\')) return encoded
  try {
    const decoded: unknown = JSON.parse(`"${encoded}"`)
    return typeof decoded === 'string' ? decoded : encoded
  } catch {
    return encoded
  }
}
