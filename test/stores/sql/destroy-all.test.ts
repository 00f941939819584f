import { expect, test } from 'vitest'
import { destroyAll } from '../../../src/stores/sql/destroy-all.ts'

/** Rows of a user of which so many come after each pass, until no more are to come. */
function rowsThatRenew(times: number) {
  const calls: string[] = []
  let rows = 3
  return {
    calls,
    store: 'SomeStore',
    destroy: async () => {
      calls.push('destroy')
      const destroyed = rows
      rows = times-- > 0 ? 1 : 0
      return destroyed
    },
    isAnyLeft: async () => {
      calls.push('look')
      return rows > 0
    },
  }
}

test('a user whose sessions stay as they are takes one pass and one look', async () => {
  const rows = rowsThatRenew(0)
  expect(await destroyAll(rows)).toBe(3)
  expect(rows.calls).toEqual(['destroy', 'look'])
})

test('sessions that are renewed meanwhile are ended too, and counted, in 100 passes at most [P4]', async () => {
  expect(await destroyAll(rowsThatRenew(99))).toBe(3 + 99)
})

test('who renews without end is told of by an error that says to call again [P4]', async () => {
  const rows = rowsThatRenew(Number.POSITIVE_INFINITY)
  await expect(destroyAll(rows)).rejects.toMatchObject({
    name: 'StoreError',
    code: 'ERR_STORE_CONFLICT',
    retryable: true,
    store: 'SomeStore',
    operation: 'destroyByUser',
    message: expect.stringMatching(/keep being renewed.*Call it again/),
  })
  expect(rows.calls).toHaveLength(200)
})
