import { expect, test } from 'vitest'
import { EndedIds } from '../../../src/stores/memory/ended-ids.ts'

test('what was ended is told from what had been ended before', () => {
  const ended = new EndedIds()
  ended.note('a')
  const { count } = ended
  ended.note('b')
  expect(['a', 'b', 'c'].map((id) => ended.isEndedSince(id, count))).toEqual([false, true, false])
  expect(['a', 'b', 'c'].map((id) => ended.isEndedSince(id, 0))).toEqual([true, true, false])
})

test('the last 16,384 are known, so that its memory is bounded', () => {
  const ended = new EndedIds()
  for (let id = 0; id < 16_386; id++) ended.note(String(id))
  expect(['0', '1', '2', '16385'].map((id) => ended.isEndedSince(id, 0))).toEqual([false, false, true, true])
  expect(ended.count).toBe(16_386)
})
