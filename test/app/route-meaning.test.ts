import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ParameterSegment, parameterOf, segmentsOf } from '../../src/app/path-segments.ts'
import { checkRoutePath } from '../../src/app/route-path.ts'
import { RouteTable } from '../../src/app/route-table.ts'
import { isSessionError } from '../../src/index.ts'

const TEXTS = ['a', '$m', 'c++', '[d]', 'a.b', '@3', '@4', '@5', '@10', 'x@6', '^a', 'a|b', '(d)', 'b\\', '']
const EXPRESSIONS = [
  ...['[0-9]+', 'a|b', '.+', '\\S+', '.{4,}', 'a/b', '[+-/]', '\\/x', '[^/]{1,3}', '(a|b)\\1', '[\\^]a'],
  ...[
    '\\d{4}-[^/]+',
    '[a-z]{3}[^/]*',
    '[0-9]{2}0',
    '@3',
    '[@a]{1}5',
    '(?:a|b){2}0-@5',
    '(?!a$)[a-z]+',
    'a\n',
  ],
  ...[
    '[\\w$&-]+',
    "[a-z$']+",
    '[^$&+,/:;=?@]+',
    '[$`1]+',
    '\\$\\$|\\$&a',
    "(?!a$)[$']|a+$|\\\\$",
    '[$-@]{1}3',
  ],
]
const VALUES = [
  '',
  '1',
  'abc',
  'ab',
  'aa',
  'a\n',
  '-',
  '/x',
  '120',
  'a5',
  '@3',
  'bb0-@5',
  '2024-1',
  '^a',
  '$',
  '$$',
  '$&',
  '$&a',
  "$'",
  "o'neil",
  'a$b',
  'a&b',
  ...TEXTS,
]

const parameter = fc
  .tuple(fc.constantFrom('x', 'yy', 'zzz'), fc.constantFrom(...EXPRESSIONS))
  .map(([name, expression]) => `:${name}{${expression}}`)
const path = fc
  .tuple(
    fc.uniqueArray(fc.oneof(parameter, parameter, fc.constantFrom(...TEXTS, ':n', '*')), {
      minLength: 1,
      maxLength: 4,
      // One name, one value.
      selector: (segment) => parameterOf(segment)?.name ?? segment,
    }),
    fc.constantFrom('', '', '/*', '/:o?', '/:o{[0-9]{2}0}?'),
  )
  .map(([segments, end]) => `/${segments.join('/')}${end}`)
const values = fc.array(fc.nat(), { minLength: 6, maxLength: 6 })

/** An address that a path may match, with some of its segments exchanged. */
function addressOf(segments: readonly string[], numbers: readonly number[]): string {
  const parts = segments.map((segment, at) => {
    const number = numbers[at] ?? 0
    const [any = ''] = VALUES.slice(number % VALUES.length)
    const meant = parameterOf(segment)
    if (number % 7 === 0 || segment === '*') return any
    if (meant === null) return segment
    const fitting = VALUES.filter((value) => fits(meant, value))
    return fitting[number % (fitting.length || 1)] ?? any
  })
  return `/${parts.slice(0, parts.length - Number(numbers[5] === 0)).join('/')}`
}

function fits({ expression }: ParameterSegment, value: string): boolean {
  return expression === undefined ? value !== '' : new RegExp(`^(?:${expression})$`).test(value)
}

/** What a path says that it matches, read segment by segment; `null` where it does not. */
function meant(
  [segment, ...others]: readonly string[],
  parts: readonly string[],
): Record<string, string> | null {
  if (segment === undefined) return parts.length === 0 ? {} : null
  const isLast = others.length === 0
  if (segment === '*' && isLast) return {}
  const read = parameterOf(segment)
  const [part, ...rest] = parts
  if (part === undefined) return read?.optional ? {} : null
  if (read === null) return segment === '*' || segment === part ? meant(others, rest) : null
  const spans = isLast && read.expression !== undefined
  const value = spans ? parts.join('/') : part
  if (!fits(read, value)) return null
  const behind = meant(others, spans ? [] : rest)
  return behind && { [read.name]: value, ...behind }
}

test('a path that is taken matches what it says and nothing else, and others are refused with a ConfigError', () => {
  fc.assert(
    fc.property(path, values, (one, numbers) => {
      try {
        checkRoutePath(one)
      } catch (error) {
        expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
        return
      }
      const segments = segmentsOf(one)
      const at = addressOf(segments, numbers)
      const table = new RouteTable<string>()
      table.add('GET', one, one)
      const expected = meant(segments, segmentsOf(at))
      const found = table.match('GET', at).map(([, params]) => ({ ...params }))
      expect(found).toEqual(expected === null ? [] : [expected])
    }),
    { numRuns: 5000 },
  )
})
