import { describe, expect, test } from 'vitest'
import { checkSizes, median } from '../../scripts/check-sizes.ts'
import { makeTree } from './tree.ts'

const lines = (count: number) => 'x\n'.repeat(count)

describe('check-sizes', () => {
  test('lets files at their limit pass', () => {
    const root = makeTree({
      'src/core/a.ts': lines(400),
      'test/core/a.test.ts': lines(500),
      'scripts/check-a.ts': lines(150),
    })
    expect(checkSizes(root)).toEqual([])
  })

  test('fails on a file one line over, and says where', () => {
    const root = makeTree({
      'src/core/a.ts': lines(401),
      'test/a.test.ts': lines(501),
      'src/b.ts': `${lines(400)}x`,
    })
    expect(checkSizes(root)).toEqual([
      expect.stringMatching(/^src\/b\.ts:401 has 401 lines, at most 400 /),
      expect.stringMatching(/^src\/core\/a\.ts:401 has 401 lines, at most 400 /),
      expect.stringMatching(/^test\/a\.test\.ts:501 has 501 lines, at most 500 /),
    ])
  })

  test('does not look at what is installed', () => {
    expect(checkSizes(makeTree({ 'test/runtimes/node_modules/a/index.d.ts': lines(501) }))).toEqual([])
  })

  test('tells the median', () => {
    const root = makeTree({ 'src/a.ts': lines(10), 'src/b.ts': lines(30), 'src/c/d.ts': lines(20) })
    expect(median(root, 'src/**/*.ts')).toBe(20)
    expect(median(root, 'test/**/*.ts')).toBe(0)
  })
})
