// V8 copies shorter ones. JavaScriptCore and SpiderMonkey know such parts too, from about the same length on.
const SHORTEST_PART = 13

/** Tells whether a value may be a text that is a part of a larger one, such as a field of a form, and keeps all of that in memory. */
export function mayBePart(value: unknown): boolean {
  return typeof value === 'string' && value.length >= SHORTEST_PART
}

/** Gives a text that is no part of another. */
export function ownText(text: string): string {
  if (!mayBePart(text)) return text
  const own: string = JSON.parse(JSON.stringify(text))
  return own
}
