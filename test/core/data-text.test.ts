import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyJson, equalAsJson, readData, writeData } from '../../src/core/data-text.ts'
import { isReservedKey } from '../../src/core/reserved-keys.ts'
import { jsonKey, jsonValue } from '../engine/json-values.ts'
import { spellingsOf } from '../engine/spellings.ts'

const ROOM = 65_536

/** Nests a list so deep. */
function nested(depth: number): string {
  return `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
}

describe('data written and read', () => {
  test('is the same again, in 10,000 random cases', () => {
    const key = fc
      .oneof(jsonKey, fc.constantFrom('', '0', 'ä', '\u2028', '\ud800', '"'))
      .filter((name) => !isReservedKey(name))
    const value = jsonValue(3)
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (data) => {
        const text = writeData(data, ROOM)
        const read = readData(text, ROOM)
        // Compared as text: order included, and a hundred times faster than by structure.
        expect(JSON.stringify(read)).toBe(JSON.stringify(data))
        expect(writeData(read ?? {}, ROOM)).toBe(text)
      }),
      { numRuns: 10_000 },
    )
  })

  // By themselves: see jsonKey.
  test.each(['\\', '\\\\', 'a\\', '\\n', '\\"', 'C:\\temp'])('is the same again with %j for a key', (key) => {
    const data = { [`beside ${key.length} ${key.charCodeAt(1)}`]: { [key]: [key] }, [key]: 1 }
    expect(readData(writeData(data, ROOM), ROOM)).toEqual(data)
  })

  test('never throws on a text from anywhere, in 10,000 random cases: it is an object or nothing [A29]', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((json) => json.slice(1)),
    )
    fc.assert(
      fc.property(text, (any) => {
        const data = readData(any, ROOM)
        expect(data === null || (typeof data === 'object' && !Array.isArray(data))).toBe(true)
      }),
      { numRuns: 10_000 },
    )
  })
})

describe('reading data', () => {
  test.each([
    '',
    'null',
    'true',
    '0',
    '"x"',
    '[]',
    '[{}]',
    '{',
    '{"a":1',
    '{a:1}',
    '{"a":1}x',
    '\ufeff{}',
    'undefined',
    "{'a':1}",
    '{"a":NaN}',
  ])('gives nothing for %j [A29]', (text) => expect(readData(text, ROOM)).toBeNull())

  test.each([' {} ', '{}', '{"a":1}', '\n{"a":1}\n'])('takes %j', (text) => {
    expect(readData(text, ROOM)).not.toBeNull()
  })

  test('takes the last of several equal keys, as JSON does', () => {
    expect(readData('{"a":1,"a":2}', ROOM)).toEqual({ a: 2 })
  })

  test('leaves __proto__ out, whichever of its characters are escapes [A12]', () => {
    for (const spelt of spellingsOf('__proto__')) {
      const data = readData(`{"a":2,"${spelt}":{"isAdmin":1}}`, ROOM)
      expect(Object.getOwnPropertyNames(data), spelt).toEqual(['a'])
      expect(Object.getPrototypeOf(data)).toBe(Object.prototype)
      expect(Object.assign({}, data)).not.toHaveProperty('isAdmin')
    }
  })

  test.each(['\u0001', '\\u005f', '__proto__', '"__proto__":'])(
    'takes no longer when a text in it is %j [A26]',
    (text) => {
      const list = Array.from({ length: 8_000 }, () => 1)
      const [plain, other] = ['Ada', text].map((name) => JSON.stringify({ name, list }))
      const shortest = (json = ''): number => {
        const times = Array.from({ length: 10 }, () => {
          const began = performance.now()
          readData(json, ROOM)
          return performance.now() - began
        })
        return Math.min(...times)
      }
      expect(shortest(other)).toBeLessThan(4 * shortest(plain))
    },
  )

  test('leaves __proto__ out at every depth [A12]', () => {
    const data = readData('{"a":[{"b":{"__proto__":{"isAdmin":1},"c":1}}]}', ROOM)
    expect(JSON.stringify(data)).toBe('{"a":[{"b":{"c":1}}]}')
    const inner: unknown = Reflect.get(Reflect.get(Object(data), 'a'), 0)
    expect(Object.getOwnPropertyNames(Reflect.get(Object(inner), 'b'))).toEqual(['c'])
  })

  test('takes little longer where the key __proto__ is in it [A26]', () => {
    const shortest = (key: string): number => {
      const text = `{"a":{"${key}":1,"list":[${'1,'.repeat(30_000)}1]}}`
      const times = Array.from({ length: 10 }, () => {
        const began = performance.now()
        readData(text, ROOM)
        return performance.now() - began
      })
      return Math.min(...times)
    }
    expect(shortest('__proto__')).toBeLessThan(5 * shortest('name'))
  })

  test('leaves reserved keys out at the top and keeps them deeper [A29]', () => {
    expect(readData('{"id":1,"save":2,"constructor":3,"a":{"id":4,"constructor":5}}', ROOM)).toEqual(
      JSON.parse('{"a":{"id":4,"constructor":5}}'),
    )
  })

  test('takes 499 levels below the top and no more, whatever stands in strings [A29]', () => {
    expect(readData(nested(499), ROOM)).not.toBeNull()
    expect(readData(nested(500), ROOM)).toBeNull()
    expect(readData(nested(30_000), ROOM)).toBeNull()
    expect(readData(`{"a":"${'['.repeat(2_000)}"}`, ROOM)).not.toBeNull()
    expect(readData(`{"a":"${'\\"['.repeat(2_000)}"}`, ROOM)).not.toBeNull()
    expect(readData(`{"a":"\\\\"${`,"b":${'['.repeat(600)}`}`, ROOM)).toBeNull()
    // Lists in objects in lists, 250 of each: neither alone is too many.
    const both = (depth: number): string => `${'{"a":['.repeat(depth)}${']}'.repeat(depth)}`
    expect(readData(both(250), ROOM)).not.toBeNull()
    expect(readData(both(251), ROOM)).toBeNull()
    // Side by side is not deep.
    expect(readData(`{"a":[${'[],'.repeat(2_000)}1]}`, ROOM)).not.toBeNull()
  })

  test('refuses a text over the limit without parsing it [A26]', () => {
    expect(readData('{"a":1}', 7)).toEqual({ a: 1 })
    expect(readData('{"a":1}', 6)).toBeNull()
    expect(readData(`{"a":"${'x'.repeat(50_000_000)}"}`, ROOM)).toBeNull()
  })
})

describe('writing data', () => {
  test('counts bytes of UTF-8, not characters', () => {
    expect(writeData({ a: 'é' }, 10)).toBe('{"a":"é"}')
    expect(() => writeData({ a: 'é' }, 9)).toThrow(expect.objectContaining({ code: 'ERR_DATA_TOO_LARGE' }))
    expect(() => writeData({ a: '😀' }, 11)).toThrow(/12 bytes.*11 are allowed \(maxBytes\)/s)
    expect(writeData({ a: '😀' }, 12)).toBe('{"a":"😀"}')
  })

  test('leaves __proto__ out at every depth, and the data as it is [A12]', () => {
    const data: Record<string, unknown> = JSON.parse('{"a":[{"b":{"__proto__":{"isAdmin":1},"c":1}}],"d":2}')
    const before = JSON.stringify(data)
    expect(writeData(data, ROOM)).toBe('{"a":[{"b":{"c":1}}],"d":2}')
    expect(JSON.stringify(data)).toBe(before)
    const made = { a: { toJSON: () => JSON.parse('{"__proto__":1,"b":2}') } }
    expect(writeData(made, ROOM)).toBe('{"a":{"b":2}}')
  })

  test('takes no other key and no text for __proto__', () => {
    for (const name of ['a"__proto__', '__proto__"', '\\__proto__', '__proto', '"__proto__":']) {
      const data = { __proto: 1, [name]: { [name]: [name, '__proto__', '{"__proto__":1}'] } }
      expect(writeData(data, ROOM)).toBe(JSON.stringify(data))
    }
  })

  test('counts only the bytes that are kept', () => {
    const data = JSON.parse('{"a":{"__proto__":"xxxxxxxxxx","b":1}}')
    expect(writeData(data, 13)).toBe('{"a":{"b":1}}')
    expect(() => writeData(data, 12)).toThrow(/13 bytes/)
  })

  test('refuses what JSON cannot hold, and names the key, never the value [A28]', () => {
    const circle: Record<string, unknown> = { secret: 'hunter2' }
    circle.self = circle
    let deep: unknown = 1
    for (let level = 0; level < 600; level++) deep = [deep]
    for (const value of [circle, 1n, deep]) {
      const write = (): string => writeData({ fine: 1, broken: value }, ROOM)
      expect(write).toThrow(expect.objectContaining({ code: 'ERR_DATA_NOT_SERIALIZABLE', status: 500 }))
      expect(write).not.toThrow(/hunter2/)
    }
    expect(() => writeData({ fine: 1, broken: circle }, ROOM)).toThrow(/'broken'/)
  })

  test('of a value whose own toJSON throws is refused without the message of it [A28]', () => {
    const value = {
      toJSON() {
        throw new Error('hunter2')
      },
    }
    try {
      writeData({ broken: value }, ROOM)
      expect.unreachable()
    } catch (error) {
      expect(JSON.stringify([error, Reflect.get(Object(error), 'cause')])).not.toContain('hunter2')
      expect(String(error)).toMatch(/'broken'/)
    }
  })
})

test('two values are equal when a store would keep the same of them', () => {
  const equal: ReadonlyArray<[unknown, unknown]> = [
    [1, 1],
    ['a', 'a'],
    [{ a: [1] }, { a: [1] }],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [{ a: undefined }, {}],
    [Number.NaN, null],
  ]
  for (const [left, right] of equal) expect(equalAsJson(left, right)).toBe(true)
  const different: ReadonlyArray<[unknown, unknown]> = [
    [1, '1'],
    [{ a: 1 }, { a: 2 }],
    [[], {}],
    [null, undefined],
    [
      [1, 2],
      [2, 1],
    ],
  ]
  for (const [left, right] of different) expect(equalAsJson(left, right)).toBe(false)
})

test('a copy shares nothing with the original', () => {
  const original = { list: [{ a: 1 }] }
  const copy = copyJson(original)
  copy.list.push({ a: 2 })
  if (copy.list[0]) copy.list[0].a = 3
  expect(original).toEqual({ list: [{ a: 1 }] })
})
