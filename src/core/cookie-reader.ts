const EQUALS = 61
const SEMICOLON = 59
const SPACE = 32
const TAB = 9

/**
 * Finds the values of one cookie in a `Cookie` header, in the order they stand.
 *
 * Linear in the header's length, exact to the byte: names are compared with their case, only spaces and
 * tabs around a pair are passed over, quotes belong to the value, percent signs stay percent signs.
 * A `Set-Cookie` line that is sent back whole (as simple clients do) reads as a cookie followed by a few
 * more pairs, so it works.
 *
 * @param max - How many values to give at most.
 * @see RFC 6265bis section 5.8.3 (what a browser sends)
 */
export function readCookie(header: string, name: string, max: number): string[] {
  const values: string[] = []
  let at = header.indexOf(name)
  while (at !== -1 && values.length < max) {
    const after = at + name.length
    if (header.charCodeAt(after) === EQUALS && startsPair(header, at)) {
      const end = header.indexOf(';', after)
      values.push(trimEnd(header, after + 1, end === -1 ? header.length : end))
      // The header's last pair: what is left would be searched for nothing.
      if (end === -1) break
    }
    at = header.indexOf(name, after)
  }
  return values
}

/** Whether nothing but blanks stands between this place and the start of the header or the last semicolon. */
function startsPair(header: string, at: number): boolean {
  let before = at - 1
  while (before >= 0 && isBlank(header.charCodeAt(before))) before--
  return before < 0 || header.charCodeAt(before) === SEMICOLON
}

function trimEnd(header: string, start: number, end: number): string {
  let from = start
  let to = end
  while (from < to && isBlank(header.charCodeAt(from))) from++
  while (to > from && isBlank(header.charCodeAt(to - 1))) to--
  return header.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}
