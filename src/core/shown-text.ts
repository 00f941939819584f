/** What may not stand in a line of a log: what ends it, what terminals obey, and what turns text around. */
const NOT_IN_A_LINE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Writes a text that somebody else chose so that it stays in its line of a log: what may not be there percent-encoded. */
export function inOneLine(text: string): string {
  return text.replace(NOT_IN_A_LINE, encodeURIComponent)
}

/**
 * Shows in a message a text that somebody else chose, such as a key of the data.
 * @param longest - How many characters of it are shown.
 */
export function shownText(text: string, longest = 60): string {
  return text.length <= longest ? inOneLine(text) : `${inOneLine(text.slice(0, longest))}…`
}
