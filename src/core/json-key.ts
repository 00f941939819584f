/**
 * Makes a pattern that finds JSON text with one of these keys in it, also where characters of it are escapes.
 *
 * It finds keys alone: no value with the same word in it, and no escape of another character, as every control
 * character is one. For letters and underscores, of which the keys are made, JSON has no escape but `\u`.
 * @see RFC 8259 section 7
 */
export function keyInJson(...keys: readonly string[]): RegExp {
  return new RegExp(`"(?:${keys.map(spelling).join('|')})"\\s*:`)
}

function spelling(key: string): string {
  return Array.from(key, (char) => `(?:${char}|${escapeOf(char)})`).join('')
}

/** The digits of an escape may be in either case, its `u` may not. */
function escapeOf(char: string): string {
  const digits = char.charCodeAt(0).toString(16).padStart(4, '0')
  return `\\\\u${digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`
}
