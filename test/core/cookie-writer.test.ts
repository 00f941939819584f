import fc from 'fast-check'
import { Cookie } from 'tough-cookie'
import { describe, expect, test } from 'vitest'
import { type CookieAttributes, writeCookie } from '../../src/core/cookie-writer.ts'
import { ConfigError } from '../../src/core/errors.ts'

// The grammar of RFC 6265bis section 4.1.1, term by term, written down a second time.
const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const COOKIE_OCTET = '[\\x21\\x23-\\x2B\\x2D-\\x3A\\x3C-\\x5B\\x5D-\\x7E]'
const AV_OCTET = '[\\x20-\\x3A\\x3C-\\x7E]'
const HOST = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*'
const DATE = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT'
const ATTRIBUTE = [
  `Path=/${AV_OCTET}*`,
  `Domain=\\.?${HOST}`,
  'Max-Age=[0-9]{1,8}',
  `Expires=${DATE}`,
  'HttpOnly',
  'Secure',
  'SameSite=(?:Lax|Strict|None)',
  'Partitioned',
].join('|')
const LINE = new RegExp(`^${TOKEN}=${COOKIE_OCTET}*(?:; (?:${ATTRIBUTE}))*$`)

/** Any text, and often one that is nearly right. */
function textOf(...alphabets: string[]): fc.Arbitrary<string> {
  const near = alphabets.map((alphabet) =>
    fc.array(fc.constantFrom(...alphabet), { maxLength: 12 }).map((letters) => letters.join('')),
  )
  const hostile = fc.constantFrom(
    '\r\n',
    ';',
    '\0',
    ',',
    ' ',
    '"',
    '\\',
    '\x7f',
    'é',
    'Ċ',
    'č',
    '=',
    '\t',
    '/',
  )
  const spoilt = fc.tuple(fc.oneof(...near), hostile, fc.oneof(...near)).map((parts) => parts.join(''))
  return fc.oneof(
    { weight: 30, arbitrary: fc.oneof(...near) },
    { weight: 2, arbitrary: spoilt },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  )
}

const LETTERS = 'abcXYZ019'
const attributes: fc.Arbitrary<CookieAttributes> = fc.record(
  {
    path: textOf(LETTERS).map((text) => `/${text}`),
    domain: fc.oneof(fc.constantFrom('example.com', '.a.b', 'localhost'), textOf('abc019-.', LETTERS)),
    secure: fc.boolean(),
    httpOnly: fc.boolean(),
    sameSite: fc.constantFrom('lax' as const, 'strict' as const, 'none' as const),
    partitioned: fc.boolean(),
    maxAge: fc.oneof({ weight: 9, arbitrary: fc.integer() }, { weight: 1, arbitrary: fc.double() }),
    expires: fc.oneof(
      { weight: 9, arbitrary: fc.date({ min: new Date(0), max: new Date(Date.UTC(9999, 0)) }) },
      { weight: 1, arbitrary: fc.date({ noInvalidDate: false }) },
    ),
  },
  { requiredKeys: [] },
)
const name = fc.oneof(
  textOf(LETTERS, "!#$%&'*+-.^_`|~"),
  fc
    .tuple(fc.constantFrom('__Host-', '__host-http-', '__Secure-', '__HTTP-'), textOf(LETTERS))
    .map((parts) => parts.join('')),
)

describe('a cookie line', () => {
  test('either is legal or throws a ConfigError, in 20,000 random tries [C17] [A16]', () => {
    let written = 0
    let refused = 0
    fc.assert(
      fc.property(
        name,
        textOf(LETTERS, "!#$%&'()*+-./:<=>?@[]^_`{|}~"),
        attributes,
        (cookieName, value, options) => {
          let line: string
          try {
            line = writeCookie(cookieName, value, options)
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError)
            refused++
            return
          }
          written++
          expect(line).toMatch(LINE)
          expect(line.startsWith(`${cookieName}=${value}; `)).toBe(true)
          const names = line
            .split('; ')
            .slice(1)
            .map((part) => part.split('=')[0])
          expect(new Set(names).size).toBe(names.length)
        },
      ),
      { numRuns: 20_000 },
    )
    expect(written).toBeGreaterThan(2_000)
    expect(refused).toBeGreaterThan(2_000)
  })

  test('is read by another library as what was meant', () => {
    const expires = new Date(Date.UTC(2027, 0, 2, 3, 4, 5))
    const line = writeCookie('theme', 'dark', {
      path: '/app',
      domain: 'example.com',
      secure: true,
      httpOnly: true,
      sameSite: 'strict',
      maxAge: 60,
      expires,
    })
    expect(Cookie.parse(line)).toMatchObject({
      key: 'theme',
      value: 'dark',
      path: '/app',
      domain: 'example.com',
      secure: true,
      httpOnly: true,
      sameSite: 'strict',
      maxAge: 60,
      expires,
    })
  })

  const tables: ReadonlyArray<[CookieAttributes, string]> = [
    [{}, 'a=b; Path=/'],
    [{ secure: false, httpOnly: false, partitioned: false }, 'a=b; Path=/'],
    [
      { secure: true, sameSite: 'none', partitioned: true },
      'a=b; Path=/; Secure; SameSite=None; Partitioned',
    ],
    [{ domain: '.example.com' }, 'a=b; Path=/; Domain=.example.com'],
    [{ maxAge: 0 }, 'a=b; Path=/; Max-Age=0'],
    [{ maxAge: -5 }, 'a=b; Path=/; Max-Age=0'],
    [{ maxAge: 1.9 }, 'a=b; Path=/; Max-Age=1'],
    [{ maxAge: 500 * 86_400 }, 'a=b; Path=/; Max-Age=34560000'],
    [{ expires: new Date(0) }, 'a=b; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
  ]
  test.each(tables)('of %j is %s [C16] [C22]', (options, line) => {
    expect(writeCookie('a', 'b', options)).toBe(line)
  })

  test('may be 4,096 characters of name and value together, and not one more [C15]', () => {
    expect(writeCookie('abc', 'x'.repeat(4_093))).toHaveLength(4_096 + '=; Path=/'.length)
    expect(() => writeCookie('abc', 'x'.repeat(4_094))).toThrow(/4096.*4097/)
  })

  test('may have an attribute of 1,024 characters, and not one more [C15]', () => {
    expect(writeCookie('a', 'b', { path: `/${'x'.repeat(1_023)}` })).toContain('x'.repeat(1_023))
    expect(() => writeCookie('a', 'b', { path: `/${'x'.repeat(1_024)}` })).toThrow(/path/)
  })

  const refused: ReadonlyArray<[string, CookieAttributes, string]> = [
    ['__Host-a', { secure: true, domain: 'example.com' }, 'ERR_CONFIG_INSECURE'],
    ['__Host-a', { secure: true, path: '/x' }, 'ERR_CONFIG_INSECURE'],
    ['__Host-a', {}, 'ERR_CONFIG_INSECURE'],
    ['__hOsT-a', {}, 'ERR_CONFIG_INSECURE'],
    ['__Secure-a', {}, 'ERR_CONFIG_INSECURE'],
    ['__Http-a', { secure: true }, 'ERR_CONFIG_INSECURE'],
    ['__Host-Http-a', { secure: true }, 'ERR_CONFIG_INSECURE'],
    ['__Host-Http-a', { secure: true, httpOnly: true, path: '/x' }, 'ERR_CONFIG_INSECURE'],
    ['a', { sameSite: 'none' }, 'ERR_CONFIG_INSECURE'],
    ['a', { partitioned: true }, 'ERR_CONFIG_INSECURE'],
    ['a', { maxAge: Number.NaN }, 'ERR_CONFIG_INVALID'],
    ['a', { maxAge: Number.POSITIVE_INFINITY }, 'ERR_CONFIG_INVALID'],
    ['a', { expires: new Date(Number.NaN) }, 'ERR_CONFIG_INVALID'],
    ['a', { expires: new Date(Date.UTC(1600, 0)) }, 'ERR_CONFIG_INVALID'],
    ['a', { domain: `${'a'.repeat(64)}.com` }, 'ERR_CONFIG_INVALID'],
    ['a', { domain: Array(130).fill('a').join('.') }, 'ERR_CONFIG_INVALID'],
    ['a', { domain: '-a.com' }, 'ERR_CONFIG_INVALID'],
    ['', {}, 'ERR_CONFIG_INVALID'],
  ]
  test.each(refused)('named "%s" with %j is refused: %s [C11] [C12] [C24]', (cookieName, options, code) => {
    expect(() => writeCookie(cookieName, 'b', options)).toThrow(expect.objectContaining({ code }))
  })

  test.each([
    ['__Host-a', { secure: true }],
    ['__Host-Http-a', { secure: true, httpOnly: true }],
    ['__Secure-a', { secure: true, domain: 'example.com', path: '/x' }],
    ['__Http-a', { secure: true, httpOnly: true, path: '/x' }],
    ['__hosta', {}],
  ])('named %s with %j is fine [C11] [C12]', (cookieName, options) => {
    expect(writeCookie(cookieName, 'b', options)).toMatch(LINE)
  })

  test.each([undefined, null, 5, {}, ['a']])('of a value that is no text, %j, is refused', (value) => {
    expect(() => Reflect.apply(writeCookie, undefined, ['a', value])).toThrow(ConfigError)
  })
})
