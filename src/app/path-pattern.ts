// Slashes may stand in an expression, and the braces of a quantifier.
const EXPRESSION = String.raw`\{((?:\\.|[^{}\\]|\{[^{}]*\})+)\}`
const SEGMENT = new RegExp(`/((?::[^/{}]*${EXPRESSION}|[^/])*)`, 'gs')
const PARAMETER = new RegExp(String.raw`^:([^{}?]+)(?:${EXPRESSION})?(\?)?$`, 's')
const SPECIAL = /[\\^$.+?()[\]{}|]/g

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

/** Says which paths a route is for, from that route's own path alone: no other route changes it. */
export class PathPattern {
  /** The segments it begins with that are plain text. */
  readonly prefix: readonly string[]
  /** Whether it is plain text throughout, and matches that alone. */
  readonly literal: boolean
  readonly #expression: RegExp | null
  readonly #names: [name: string, group: number][] = []

  /** @throws {SyntaxError} an expression of a parameter is none. */
  constructor(path: string) {
    const segments = segmentsOf(path)
    const first = segments.findIndex((segment) => segment.includes('*') || parameterOf(segment) !== null)
    this.literal = first === -1
    this.prefix = this.literal ? segments : segments.slice(0, first)
    const everything = segments.length === 1 && segments[0] === '*'
    this.#expression = this.literal || everything ? null : this.#compile(segments)
  }

  /**
   * Matches a path that begins with the prefix: its parameters; `null` when the path is another's. A literal one takes
   * it unseen.
   */
  match(path: string): Record<string, string> | null {
    if (this.#expression === null) return NONE
    const found = this.#expression.exec(path)
    if (found === null) return null
    return this.#names.length === 0 ? NONE : this.#paramsOf(found)
  }

  #paramsOf(found: RegExpExecArray): Record<string, string> {
    const params: Record<string, string> = Object.create(null)
    for (const [name, group] of this.#names) {
      const value = found[group]
      // Left out when it is optional; of several with one name the first counts.
      if (value !== undefined && !(name in params)) params[name] = value
    }
    return params
  }

  #compile(segments: readonly string[]): RegExp {
    let source = ''
    let groups = 0
    for (const [at, segment] of segments.entries()) {
      const isLast = at === segments.length - 1
      const parameter = parameterOf(segment)
      if (parameter === null) {
        source += isLast && segment === '*' ? '(?:/[^]*)?' : `/${textOf(segment, isLast)}`
        continue
      }
      const { name, expression, optional } = parameter
      this.#names.push([name, groups + 1])
      groups += 1 + groupsIn(expression ?? '')
      // In a group of its own: a choice (`en|de`) ends where the parameter does.
      const value = expression === undefined ? '([^/]+)' : `((?:${expression}))`
      source += optional ? `(?:/${value})?` : `/${value}`
    }
    // Where all may be left out, what is left is the slash that every path begins with.
    const root = new RegExp(`^(?:${source})$`).test('') ? '/|' : ''
    return new RegExp(`^(?:${root}${source})$`)
  }
}

/** The parameters of a path that has none. Nobody writes into it. */
const NONE: Record<string, string> = Object.freeze(Object.create(null))

function textOf(segment: string, isLast: boolean): string {
  return segment
    .replace(SPECIAL, '\\$&')
    .replace(/\*/g, (_star, at: number) => (isLast && at === segment.length - 1 ? '[^]*' : '[^/]+'))
}

/** Counts the groups of an expression whose matches are kept. */
function groupsIn(expression: string): number {
  return (new RegExp(`${expression}|`).exec('')?.length ?? 1) - 1
}
