import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRecordOf, type SessionRecord } from '../../src/core/record.ts'

const ID = 'A'.repeat(43)
const RECORD: SessionRecord = { id: ID, data: '{}', revision: 1, createdAt: 2, touchedAt: 3, expiresAt: 4 }

describe('a record of an id', () => {
  test.each([
    RECORD,
    { ...RECORD, user: 'ann' },
    { ...RECORD, user: '' },
    { ...RECORD, extra: 1 },
    { ...RECORD, revision: 0 },
  ])('is %j', (record) => expect(isRecordOf(record, ID)).toBe(true))

  test.each([null, undefined, 0, 'x', true, [], {}, [RECORD], () => RECORD])('is not %j [A29]', (stored) => {
    expect(isRecordOf(stored, ID)).toBe(false)
  })

  const wrongCounts = [
    undefined,
    null,
    '1',
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    1n,
    [1],
    new Date(1),
  ]
  const fields = ['revision', 'createdAt', 'touchedAt', 'expiresAt'] as const
  test.each(fields)('is none with a wrong %s [A29] [C35]', (field) => {
    for (const value of wrongCounts) expect(isRecordOf({ ...RECORD, [field]: value }, ID)).toBe(false)
  })

  test.each([
    { ...RECORD, id: 'B'.repeat(43) },
    { ...RECORD, id: undefined },
    { ...RECORD, id: [ID] },
    { ...RECORD, data: undefined },
    { ...RECORD, data: {} },
    { ...RECORD, data: null },
    { ...RECORD, user: null },
    { ...RECORD, user: 7 },
    { ...RECORD, user: { id: 'ann' } },
  ])('is not %j [A29]', (stored) => expect(isRecordOf(stored, ID)).toBe(false))

  test('is the same after a trip through JSON, in 10,000 random cases', () => {
    const count = fc.maxSafeNat()
    const records: fc.Arbitrary<SessionRecord> = fc.record(
      {
        id: fc.constant(ID),
        data: fc.string({ unit: 'binary' }),
        revision: count,
        createdAt: count,
        touchedAt: count,
        expiresAt: count,
        user: fc.string(),
      },
      { requiredKeys: ['id', 'data', 'revision', 'createdAt', 'touchedAt', 'expiresAt'] },
    )
    fc.assert(
      fc.property(records, (record) => {
        const read: unknown = JSON.parse(JSON.stringify(record))
        expect(read).toEqual(record)
        expect(isRecordOf(read, ID)).toBe(true)
      }),
      { numRuns: 10_000 },
    )
  })
})
