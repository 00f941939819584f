// Slashes may stand in an expression, and the braces of a quantifier.
const EXPRESSION = String.raw`\{((?:\\.|[^{}\\]|\{[^{}]*\})+)\}`
const SEGMENT = new RegExp(`/((?::[^/{}]*${EXPRESSION}|[^/])*)`, 'gs')
// Where the router would split an expression, or take a part of it for one of the marks that it puts in the place of others,
// or for one of the patterns of `String.replace`, by which it puts the expression back.
const SPLITTING = /\\?([/@\n\r\u2028\u2029]|(?<=\})\d)|\\(\$)|\\.|\$/gs
const PARAMETER = new RegExp(String.raw`^:([^{}?]+)(?:${EXPRESSION})?(\?)?$`, 's')

/** Takes a path apart at its slashes, but for those inside a parameter's expression. */
export function segmentsOf(path: string): string[] {
  const rooted = path.startsWith('/') ? path : `/${path}`
  return Array.from(rooted.matchAll(SEGMENT), ([, segment = '']) => segment)
}

/** What stands between two slashes of a path, if it is a parameter. */
export interface ParameterSegment {
  name: string
  /** What the value must match. Default: one segment, of anything. */
  expression: string | undefined
  /** Whether the segment may be left out. */
  optional: boolean
}

/** Reads a segment as a parameter; `null` when it is none. */
export function parameterOf(segment: string): ParameterSegment | null {
  const [found, name, expression, mark] = PARAMETER.exec(segment) ?? []
  return found === undefined || name === undefined ? null : { name, expression, optional: mark === '?' }
}

/**
 * Gives the paths under which the router is to keep what is kept for one: without what may be left out, and with it. The router
 * would do so too, but for empty segments, which it drops, and expressions, which Hono up to 4.13.1 breaks.
 */
export function routerPaths(path: string): string[] {
  return pathsOf(segmentsOf(path))
}

function pathsOf(segments: readonly string[]): string[] {
  if (!isOptional(segments.at(-1))) return [routerPath(segments)]
  const whole = segments.map((segment) => (isOptional(segment) ? segment.slice(0, -1) : segment))
  return [...pathsOf(segments.slice(0, -1)), routerPath(whole)]
}

function isOptional(segment = ''): boolean {
  return parameterOf(segment)?.optional === true
}

/**
 * Writes segments as the router reads them: each expression in a group of its own, since a choice (`en|de`) ends where its
 * parameter does, and without a slash, since the router ends it at the first brace (`[0-9]{4}-[^/]+`).
 */
export function routerPath(segments: readonly string[]): string {
  return `/${segments.map(grouped).join('/')}`
}

function grouped(segment: string): string {
  const { name, expression, optional } = parameterOf(segment) ?? {}
  if (expression === undefined) return segment
  return `:${name}{(?:${expression.replace(SPLITTING, escaped)})}${optional === true ? '?' : ''}`
}

function escaped(text: string, splitting?: string, dollar?: string): string {
  const character = splitting ?? dollar
  // Where two are left, they say what one does: in a class, and where the text ends.
  if (character === undefined) return text === '$' ? '$$' : text
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
