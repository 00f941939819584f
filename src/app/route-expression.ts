/** What stands for one character in an expression, and could be a slash. */
const CHARACTER = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|\d+|.)|\[(?:\\.|[^\]\\])*\]|[./]/gs

/**
 * Whether an expression may match what has a slash in it, or look for one: whether any of its characters may be one. To try out
 * texts is not enough, as `.{20,}` shows.
 */
export function takesSlash(expression: string): boolean {
  return (expression.match(CHARACTER) ?? []).some((character) => new RegExp(`^${character}$`).test('/'))
}

/** Whether an expression asks where its text ends, as `(?!admin$)[a-z]+` does. */
export function asksForEnd(expression: string): boolean {
  return expression.replace(CHARACTER, '').includes('$')
}

/** Writes text, or an expression, as it stands in a string of code. */
export function inCode(text: string): string {
  return text.replace(/[\\']/g, '\\$&')
}

/**
 * Writes text as an expression that matches it alone, as it stands in a string of code. Without a backslash, which is easily
 * written once there, wherever that will do.
 */
export function expressionOf(text: string): string {
  return inCode(text.replace(/[$.+?()|[]/g, '[$&]').replace(/[\\^]/g, '\\$&'))
}
