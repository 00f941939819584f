// Slashes may stand in an expression, and the braces of a quantifier.
const EXPRESSION = String.raw`\{((?:\\.|[^{}\\]|\{[^{}]*\})+)\}`
const SEGMENT = new RegExp(`/((?::[^/{}]*${EXPRESSION}|[^/])*)`, 'gs')
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

/** Puts the expressions of parameters into groups of their own: a choice (`en|de`) ends where its parameter does. */
function routerPath(segments: readonly string[]): string {
  return `/${segments.map(grouped).join('/')}`
}

function grouped(segment: string): string {
  const { name, expression, optional } = parameterOf(segment) ?? {}
  return expression === undefined ? segment : `:${name}{(?:${expression})}${optional === true ? '?' : ''}`
}
