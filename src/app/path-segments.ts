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

/** Puts the expressions of a path's parameters into groups of their own: a choice (`en|de`) ends where its parameter does. */
export function groupedExpressions(path: string): string {
  return segmentsOf(path)
    .map((segment) => `/${grouped(segment)}`)
    .join('')
}

function grouped(segment: string): string {
  const { name, expression, optional } = parameterOf(segment) ?? {}
  return expression === undefined ? segment : `:${name}{(?:${expression})}${optional === true ? '?' : ''}`
}
