import { ConfigError } from '../core/errors.ts'
import { isError } from '../core/is-error.ts'
import { shownValue } from '../core/shown-value.ts'
import { parameterOf, routerPath, segmentsOf } from './path-segments.ts'
import { asksForEnd, expressionOf, inCode, takesSlash } from './route-expression.ts'

const PATHS = "Paths are texts such as '/users/:id', '/posts/:id?', '/years/:year{[0-9]+}' and '/files/*'."
/** Express's wildcard, in the braces of an optional part or without. */
const NAMED_WILDCARD = /(?:^|[/{]+)\*(\w+)(?:\}|(?=\/|$))/
/** Express 4's expression, or group; a wildcard of ours may come behind parentheses that stand for themselves. */
const PARENTHESES = /:\w+\(|\(.*(?:[+?|\\]|(?<!\/)\*|\*(?!\/|$))/
const NAME = /^[\p{L}\p{N}_$]+$/u
/** What does not stand for itself: a parameter, with or without expression, and a wildcard, which Express names. */
const PART =
  /:([\p{L}\p{N}_$]+)(?:\{((?:\\.|[^{}\\]|\{[^{}]*\})+)\})?([+*]$)?|\*+([\p{L}\p{N}_$]*)|[$.+?()|[\\^']/gu
const ONLY_PARAMETERS =
  "Only a parameter may be left out: '/:name?', a segment of its own. For anything else write two routes."

/**
 * Refuses what no route can be made for, and Express's own ways of writing a path: the router would take them for
 * plain text, and the route would match nothing, or too much.
 * @param path - A path, or several.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is no path. The message says what to write instead.
 */
export function checkRoutePath(path: unknown): void {
  for (const one of [path].flat()) {
    if (typeof one !== 'string') throw noPath(one)
    const fix = fixOf(one)
    if (fix === null) continue
    throw refusal(`The path '${one}' would not match what Express matches with it. ${fix}`)
  }
}

/**
 * Does the same for a path of middleware, which is for everything below it too.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` likewise, or its end says that itself: what is below it would not be found.
 */
export function checkMiddlewarePath(path: unknown): void {
  checkRoutePath(path)
  for (const one of [path].flat()) {
    const segments = segmentsOf(String(one))
    const last = parameterOf(segments.at(-1) ?? '')
    if (last === null || !(last.optional || takesSlash(last.expression ?? ''))) continue
    const base = segments.slice(0, -1).map((segment) => `/${segment}`)
    const narrower = last.optional ? '' : ", or keep slashes out of the expression ('[^/]' for '.')"
    throw refusal(
      `The path '${one}' is one of middleware, which is for a path and everything below it. Write '${inCode(base.join('')) || '/'}', and look at req.path${narrower}.`,
    )
  }
}

/** Says how to write here what a path means in Express, or is meant to be; `null` when it means the same here. */
function fixOf(path: string): string | null {
  const segments = segmentsOf(path)
  // The path without the expressions of its parameters, in which anything may stand.
  const outline = segments.map((segment) => `/${parameterOf(segment)?.name ?? segment}`).join('')
  const [wildcard, name] = NAMED_WILDCARD.exec(outline) ?? []
  if (wildcard !== undefined) {
    const base = inCode(path.slice(0, path.indexOf(wildcard)))
    if (!outline.endsWith(wildcard)) return `Write '${base}/*' and read req.path.`
    const own = ownName(name)
    return `Write '${base}/*' and read req.path, or '${base}/:${own}{.+}' and read req.params.${own}.`
  }
  if (PARENTHESES.test(outline)) return "Write an expression in braces: ':id{[0-9]+}'."
  if (/\{\/|^[^:]*[{}]/.test(outline)) {
    return "What may be left out is written '/:name?', a segment of its own; for anything else write two routes."
  }
  for (const [at, segment] of segments.entries()) {
    const fix = segmentFixOf(segment, at === segments.length - 1) ?? textFixOf(segment, segments.slice(0, at))
    if (fix !== null) return fix
  }
  const [before, last] = [segments.at(-2), segments.at(-1) ?? '']
  // The router would find such a route twice, or miss what one of the two stands for.
  if (before === '*' && (last === '*' || parameterOf(last)?.optional === true))
    return "One '/*' at the end is for everything below: leave out what follows it."
  return null
}

function segmentFixOf(segment: string, isLast: boolean): string | null {
  const parameter = parameterOf(segment)
  if (parameter !== null) {
    const { name, expression, optional } = parameter
    if (optional && !isLast)
      return "What may be left out comes last: '/:name?'. For anything else write two routes."
    if (/^\w+[+*]$/.test(name)) return `Several segments are written ':${name.slice(0, -1)}{.+}'.`
    if (!NAME.test(name)) return wholeSegment(segment)
    if (ownName(name) !== name)
      return `Every object has a property '${name}', and req.params is one: name the parameter otherwise, such as ':${ownName(name)}'.`
    return expression === undefined ? null : expressionFixOf(expression, isLast)
  }
  if (decoded(segment) !== segment)
    return `A request's path is compared percent-decoded: write '${inCode(decoded(segment))}' for '${segment}'.`
  if (segment === '**') return "Everything below is written '/*'."
  if (segment.includes(':') || (segment !== '*' && segment.includes('*'))) return wholeSegment(segment)
  return segment.includes('?') ? ONLY_PARAMETERS : null
}

/** Gives what the router sees where a request's path has this: what has a meaning in a path stays encoded, such as `%2F`. */
function decoded(segment: string): string {
  try {
    return decodeURI(segment.replaceAll('%25', '%2525'))
  } catch {
    return segment
  }
}

function expressionFixOf(expression: string, isLast: boolean): string | null {
  try {
    new RegExp(`^(?:${expression})$`)
  } catch (error) {
    return `Its expression is none: ${isError(error) ? error.message : 'invalid'}.`
  }
  if (takesSlash(expression) && !isLast)
    return "An expression that matches several segments comes last: keep slashes out of it ('[^/]' for '.'), end the path with it, or write '/*' there and read req.path."
  if (!expression.startsWith('^') && !/(?<!\\)\$$/.test(expression)) return null
  return 'An expression is for the whole parameter: leave ^ and $ out.'
}

/** Says how to write plain text that the router would take for a part of an expression before it. */
function textFixOf(text: string, before: readonly string[]): string | null {
  if (text === '' || text === '*' || parameterOf(text) !== null) return null
  const { expression } = parameterOf(before.at(-1) ?? '') ?? {}
  // The router puts such text behind the expression, as it is: where that asks for its end, it is told the whole path's.
  const continues = expression !== undefined && (/[$()+?[\\\]^|]/.test(text) || asksForEnd(expression))
  if (!continues && !looksLikeMark(text, routerPath(before))) return null
  return `What follows an expression would be read as a part of it: write '/:text{${expressionOf(text)}}' for '/${text}'.`
}

/** Whether text holds what the router puts in the place of an expression while it splits a path: '@' and where that begins. */
function looksLikeMark(text: string, before: string): boolean {
  return (
    text.includes('@') && Array.from(before.matchAll(/\{/g)).some(({ index }) => text.includes(`@${index}`))
  )
}

function wholeSegment(segment: string): string {
  const parts = Array.from(segment.matchAll(PART), ([text]) => text)
  if (parts.some((text) => text === '?')) return ONLY_PARAMETERS
  if (/[{}]/.test(segment.replace(PART, '')))
    return "A brace that stands for itself in an expression is written '\\\\{' or '\\\\}'."
  let first: string | undefined
  const expression = segment.replace(
    PART,
    (text, name?: string, own?: string, more?: string, rest?: string) => {
      if (name === undefined && rest === undefined) return expressionOf(text)
      first ??= name ?? rest
      if (own === undefined) return rest || more ? '.+' : '[^/]+'
      return partOf(own, more !== undefined)
    },
  )
  const shown = ownName(first)
  return `Parameters and wildcards are whole segments: write '/:${shown}{${expression}}' for this one and read req.params.${shown}.`
}

/** Gives the name of a parameter, or another one where `req.params` would have a value of that name without it. */
function ownName(name = ''): string {
  if (name === '') return 'name'
  return name in Object.prototype ? `${name.replaceAll('_', '')}Name` : name
}

/** Writes an expression as a part of another one, in a string of code. */
function partOf(expression: string, isRepeated: boolean): string {
  const part = inCode(expression.replace(/^\^|(?<!\\)\$$/g, ''))
  if (isRepeated) return `(?:${part})(?:/(?:${part}))*`
  return part.includes('|') ? `(?:${part})` : part
}

function noPath(given: unknown): ConfigError {
  if (!(given instanceof RegExp)) return refusal(`A route needs a path, and was given ${shownValue(given)}.`)
  return refusal(
    "A route needs a path, and was given a RegExp. Write the expression into it: '/:name{[a-z]+}'.",
  )
}

function refusal(message: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', `${message} ${PATHS}`)
}
