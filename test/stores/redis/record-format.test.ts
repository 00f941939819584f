import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../../src/core/record.ts'
import { decode, digits, encode, FIRST_LINE, NOT_INDEXED } from '../../../src/stores/redis/record-format.ts'
import { recordOf } from './records.ts'

const MARK = 'abcdefgh0001'

const wholeNumber = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const anyRecord: fc.Arbitrary<SessionRecord> = fc.record(
  {
    id: fc.string({ unit: 'binary' }),
    data: fc.string({ unit: 'binary' }),
    revision: wholeNumber,
    createdAt: wholeNumber,
    touchedAt: wholeNumber,
    expiresAt: wholeNumber,
    user: fc.string({ unit: 'binary' }),
  },
  { requiredKeys: ['id', 'data', 'revision', 'createdAt', 'touchedAt', 'expiresAt'] },
)

describe('the record format', () => {
  test('any record comes back as it was', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(decode(encode(record, NOT_INDEXED, MARK))).toEqual(record)
      }),
      { numRuns: 10_000 },
    )
  })

  test('the first line has the same length for every record, so that scripts can count on it', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(encode(record, NOT_INDEXED, MARK).indexOf('\n')).toBe(FIRST_LINE.shortest - 1)
      }),
    )
  })

  test('a record comes back whole with any number of marks from one to four, and with no other', () => {
    const record = recordOf('a', { user: 'u' })
    for (let count = 1; count <= 4; count++) {
      const marks = Array.from({ length: count }, (_, i) => MARK.slice(0, -1) + i).join(' ')
      expect(decode(encode(record, NOT_INDEXED, marks))).toEqual(record)
      expect(decode(encode(record, NOT_INDEXED, `${marks}x`))).toBeNull()
    }
    expect(decode(encode(record, NOT_INDEXED, Array(5).fill(MARK).join(' ')))).toBeNull()
    expect(decode(encode(record, NOT_INDEXED, ''))).toBeNull()
  })

  test('an empty user and no user are two things', () => {
    expect(decode(encode(recordOf('a', { user: '' }), NOT_INDEXED, MARK))).toHaveProperty('user', '')
    expect(decode(encode(recordOf('a'), NOT_INDEXED, MARK))).not.toHaveProperty('user')
  })

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'the number %d is refused, because it would not fit its place',
    (value) => {
      expect(() => digits(value)).toThrow(RangeError)
    },
  )

  const whole = encode(recordOf('a', { user: 'u' }), NOT_INDEXED, MARK)
  test.each([
    ['nothing', ''],
    ['JSON', '{"id":"a"}'],
    ['another version', `2${whole.slice(1)}`],
    ['a torn first line', whole.slice(0, 50)],
    ['no user line', whole.slice(0, FIRST_LINE.shortest + 4)],
    ['an id that is not text', whole.replace('"a"', '[1]')],
    ['a first line that is too long', `1 ${whole}`],
  ])('what somebody else put there is no record: %s [A29]', (_name, text) => {
    expect(decode(text)).toBeNull()
  })

  test('a number that is none is read as one no engine takes [A29]', () => {
    const torn = `1 ${'x'.repeat(16)}${whole.slice(18)}`
    expect(decode(torn)?.revision).toBeNaN()
  })
})
