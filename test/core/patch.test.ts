import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carryOver, narrow } from '../../src/core/carry.ts'
import { copyJson, type DataObject } from '../../src/core/data-text.ts'
import { apply, diff, diffTexts } from '../../src/core/patch.ts'
import { jsonValue } from '../engine/json-values.ts'

const KEYS = ['a', 'b', 'c', 'd']
const data: fc.Arbitrary<DataObject> = fc.dictionary(fc.constantFrom(...KEYS), jsonValue(1), {
  noNullPrototype: true,
  maxKeys: 4,
})

/** Data after a patch, the patched object left as it was. */
function patched(before: DataObject, after: DataObject, target: DataObject): DataObject {
  const copy = copyJson(target)
  apply(diff(before, after), copy)
  return copyJson(copy)
}

describe('a patch', () => {
  test('made on what it was found from gives what it was found to, in 10,000 random cases [P3]', () => {
    fc.assert(
      fc.property(data, data, (before, after) => {
        expect(patched(before, after, before)).toEqual(copyJson(after))
      }),
      { numRuns: 10_000 },
    )
  })

  test('made on anything else leaves every key it does not name as it is there [P3]', () => {
    fc.assert(
      fc.property(data, data, data, (before, after, newest) => {
        const result = patched(before, after, newest)
        for (const key of KEYS) {
          const untouched = JSON.stringify(before[key]) === JSON.stringify(after[key])
          expect(result[key]).toEqual(copyJson(untouched ? newest[key] : after[key]))
        }
      }),
      { numRuns: 10_000 },
    )
  })

  test('of two that name different keys gives the same in either order [P3]', () => {
    const half = (keys: string[]): fc.Arbitrary<DataObject> =>
      fc.dictionary(fc.constantFrom(...keys), jsonValue(1), { noNullPrototype: true })
    fc.assert(
      fc.property(data, half(['a', 'b']), half(['c', 'd']), (base, first, second) => {
        const one = { ...base, ...first }
        const two = { ...base, ...second }
        const onceThenTwice = patched(base, two, patched(base, one, base))
        const twiceThenOnce = patched(base, one, patched(base, two, base))
        expect(onceThenTwice).toEqual(twiceThenOnce)
        expect(onceThenTwice).toEqual(copyJson({ ...base, ...first, ...second }))
      }),
      { numRuns: 5_000 },
    )
  })

  test('of nothing names nothing, also of equal values newly made', () => {
    fc.assert(
      fc.property(data, (one) => {
        const { set, removed } = diff(one, copyJson(one))
        expect(set.size + removed.size).toBe(0)
      }),
    )
  })

  test('counts what JSON drops as removed', () => {
    const { set, removed } = diff({ a: 1, b: 2 }, { a: undefined, b: () => 1, c: Symbol('x') })
    expect([...set]).toEqual([])
    expect([...removed].sort()).toEqual(['a', 'b'])
  })

  test('between texts is that between what they hold', () => {
    const { set, removed } = diffTexts(['{"a":1,"b":{"c":1}}'], '{"b":{"c":2},"d":3}')
    expect(Object.fromEntries(set)).toEqual({ b: { c: 2 }, d: 3 })
    expect([...removed]).toEqual(['a'])
  })
})

describe('what a change of id carries over', () => {
  const whole = { a: 1, b: { c: 2 }, d: undefined }

  test('is all, or these keys and no others', () => {
    expect(carryOver(whole, 'all')).toEqual(whole)
    expect(carryOver(whole, [])).toEqual({})
    expect(carryOver(whole, ['b', 'none', 'toString', 'constructor', '__proto__'])).toEqual({ b: { c: 2 } })
  })

  test('shares values, so that an object in the handler’s hands stays the live one', () => {
    expect(carryOver(whole, 'all').b).toBe(whole.b)
    expect(carryOver(whole, 'all')).not.toBe(whole)
  })

  test('narrows when two changes follow each other', () => {
    expect(narrow('all', 'all')).toBe('all')
    expect(narrow('all', ['a'])).toEqual(['a'])
    expect(narrow(['a', 'b'], 'all')).toEqual(['a', 'b'])
    expect(narrow(['a', 'b'], ['b', 'c'])).toEqual(['b'])
    expect(narrow([], ['a'])).toEqual([])
  })
})
