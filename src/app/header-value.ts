import { shownText } from '../core/shown-text.ts'

const IMPOSSIBLE = /[^\t\x20-\x7e\x80-\xff]/
/** The white space that HTTP knows, around a value. `trim` takes more away. */
const AROUND = /^[\t\n\r ]+|(?<![\t\n\r ])[\t\n\r ]+$/g

/**
 * Checks that a header can have a value. A web `Headers` takes control characters that Node refuses when the response is on
 * its way, where no error handler comes any more.
 *
 * @throws {TypeError} it has a character that no header can hold. The message does not show it.
 * @see RFC 9110 section 5.5
 */
export function checkHeaderValue(name: string, value: string): void {
  // White space around it, line breaks too, is left out by `Headers`.
  if (!IMPOSSIBLE.test(value) || !IMPOSSIBLE.test(value.replace(AROUND, ''))) return
  throw new TypeError(
    `The header ${shownText(name)} was given a value with a character that no header can hold: printable Latin-1, spaces and tabs are possible. Encode it, for example with encodeURIComponent(value).`,
  )
}
