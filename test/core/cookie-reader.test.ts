import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCookie } from '../../src/core/cookie-reader.ts'

/** The same, written for being obviously right. */
function naively(header: string, name: string): string[] {
  const trim = (text: string): string => text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '')
  return header
    .split(';')
    .map((pair) => trim(pair))
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => trim(pair.slice(name.length + 1)))
}

describe('reading one cookie from a header', () => {
  const cases: ReadonlyArray<[string, string[]]> = [
    ['', []],
    ['sid', []],
    ['sid=', ['']],
    ['sid=1', ['1']],
    ['sid=1; sid=2', ['1', '2']],
    ['sid=1;sid=2', ['1', '2']],
    ['a=0; sid=1; b=2', ['1']],
    [' \t sid=1 \t ; b=2', ['1']],
    ['sid= 1 ;', ['1']],
    ['SID=1; Sid=2', []],
    ['xsid=1; sidx=2; si=3', []],
    ['sid =1', []],
    ['a=sid=1', []],
    ['a="; sid=1"', ['1"']],
    ['sid="1"', ['"1"']],
    ['sid="a;b"', ['"a']],
    ['sid=a=b=c', ['a=b=c']],
    ['sid=%73%69d', ['%73%69d']],
    ['sid=a+b', ['a+b']],
    ['sid=a,sid=b', ['a,sid=b']],
    ['a=1, sid=2', []],
    ['sidsid=1; sid=2', ['2']],
    ['sid=sid=1; sid=2', ['sid=1', '2']],
    ['\u00a0sid=1', []],
    ['\nsid=1', []],
    ['sid=1\n2', ['1\n2']],
    ['sid=\u00a01', ['\u00a01']],
    [';;;;', []],
    ['=sid; sid=1', ['1']],
    // A whole Set-Cookie line sent back, as simple clients do.
    ['sid=1; Path=/; HttpOnly; SameSite=Lax', ['1']],
  ]
  test.each(cases)('%j gives %j [A08] [A09] [C20]', (header, values) => {
    expect(readCookie(header, 'sid', 9)).toEqual(values)
    expect(naively(header, 'sid')).toEqual(values)
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '$x', 'a.b', '[a]', '(x|y)'])(
    'a cookie named %s is like any other [A11]',
    (name) => {
      expect(readCookie(`a=1; ${name}=2; b=3`, name, 9)).toEqual(['2'])
      expect(readCookie('a=1', name, 9)).toEqual([])
    },
  )

  test('gives as many as are asked for, the first ones', () => {
    expect(readCookie('sid=1; sid=2; sid=3', 'sid', 2)).toEqual(['1', '2'])
  })

  test('agrees with the obvious way in 20,000 random headers', () => {
    const blanks = fc.constantFrom('', '', ' ', '\t', '  ', '\u00a0')
    const name = fc.constantFrom('sid', 'sid', 's', 'si', 'd', 'ssid', 'sidd', 'SID', '')
    const value = fc.constantFrom('', '1', 'sid', '"1"', 'a=b', 'sid=1', '%73', 'é', ',', ' x ')
    const pair = fc.tuple(blanks, name, fc.constantFrom('=', '=', '=', '', ' =', '=='), value, blanks)
    const header = fc.oneof(
      {
        weight: 9,
        arbitrary: fc
          .array(pair, { maxLength: 6 })
          .map((pairs) => pairs.map((parts) => parts.join('')).join(';')),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    )
    let found = 0
    fc.assert(
      fc.property(header, fc.constantFrom('sid', 's', 'd', 'si', 'ss'), (text, name) => {
        const values = readCookie(text, name, Number.POSITIVE_INFINITY)
        found += values.length
        expect(values).toEqual(naively(text, name))
      }),
      { numRuns: 20_000 },
    )
    // Random headers that never hold the cookie would prove nothing.
    expect(found).toBeGreaterThan(2_000)
  })
})

/** A text that counts how many of its characters are looked at. It stands in for a string the reader is given. */
class CountedText {
  readonly #text: string
  looks = 0

  constructor(text: string) {
    this.#text = text
  }
  get length(): number {
    return this.#text.length
  }
  charCodeAt(at: number): number {
    this.looks++
    return this.#text.charCodeAt(at)
  }
  indexOf(part: string, from = 0): number {
    const at = this.#text.indexOf(part, from)
    this.looks += (at === -1 ? this.#text.length : at + part.length) - from
    return at
  }
  slice(from: number, to: number): string {
    this.looks += to - from
    return this.#text.slice(from, to)
  }
}

describe('the work of reading', () => {
  const hostile: ReadonlyArray<[string, (length: number) => string]> = [
    ['semicolons', (length) => ';'.repeat(length)],
    ['blanks', (length) => ' '.repeat(length)],
    ['blanks before the cookie', (length) => `${' '.repeat(length)}sid=1`],
    ['blanks around the value', (length) => `sid=${' '.repeat(length)}`],
    ['blanks between cookies', (length) => `sid=1${' '.repeat(30)};`.repeat(length / 36)],
    ['many of our name', (length) => 'sid=1;'.repeat(length / 6)],
    ['our name without its sign', (length) => 'sid'.repeat(length / 3)],
    ['our name behind blanks, in no pair', (length) => '   sid='.repeat(length / 7)],
    ['many pairs', (length) => 'a=1; '.repeat(length / 5)],
    ['quotes', (length) => `sid=${'"'.repeat(length)}`],
    ['one long value', (length) => `sid=${'x'.repeat(length)}`],
  ]
  test.each(hostile)('grows in step with a header of %s [A10]', (_name, make) => {
    const looksAt = (length: number): number => {
      const header = new CountedText(make(length))
      Reflect.apply(readCookie, undefined, [header, 'sid', Number.POSITIVE_INFINITY])
      return header.looks
    }
    const [small, large] = [looksAt(16_000), looksAt(160_000)]
    expect(small).toBeLessThan(4 * 16_000)
    expect(large).toBeLessThanOrEqual(small * 10.1 + 100)
  })
})
