import { ConfigError } from '../core/errors.ts'
import { shownValue } from '../core/shown-value.ts'

const PATHS = "Paths are texts such as '/users/:id', '/posts/:id?', '/years/:year{[0-9]+}' and '/files/*'."
/** A parameter's own expression, in which anything may stand. */
const EXPRESSION = /(:[^/{}]+)\{.*?\}(?=\??(?:\/|$))/g
/** Express's wildcard, in the braces of an optional part or without. */
const NAMED_WILDCARD = /(?:^|[/{]+)\*(\w+)\}?/

/**
 * Refuses what no route can be made for, and Express's own ways of writing a path: the router would take them for
 * plain text, and the route would match nothing, or too much.
 * @param path - A path, or several.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is no path. The message says what to write instead.
 */
export function checkRoutePath(path: unknown): void {
  for (const one of [path].flat()) {
    if (typeof one !== 'string') throw noPath(one)
    const fix = fixOf(one, one.replace(EXPRESSION, '$1'))
    if (fix === null) continue
    throw refusal(`The path '${one}' would not match what Express matches with it. ${fix}`)
  }
}

/**
 * Says how to write for this router what a path means in Express; `null` when it means the same here.
 * @param outline - The path without the expressions of its parameters.
 */
function fixOf(path: string, outline: string): string | null {
  const [wildcard, name] = NAMED_WILDCARD.exec(outline) ?? []
  if (wildcard !== undefined) {
    const named = `'${path.replace(wildcard, `/:${name}{.+}`)}' and read req.params.${name}.`
    if (!outline.endsWith(wildcard)) return `Write ${named}`
    return `Write '${path.slice(0, -wildcard.length)}/*' and read req.path, or ${named}`
  }
  if (/:\w+\(/.test(outline)) return "Write an expression in braces: ':id{[0-9]+}'."
  if (!outline.includes('{/')) return null
  return "What may be left out is written '/:name?', at the end of a path; elsewhere write two routes."
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
