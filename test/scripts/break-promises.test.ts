import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { broken } from '../../scripts/break-promises.ts'
import { PROMISE_BREAKERS } from '../../scripts/promise-breakers.ts'

const BREAKER = { promise: 'P1', breaks: 'forgets', file: 'core/x.ts', find: 'good', replace: 'bad' } as const

describe('a breaker', () => {
  test('puts its text in the place of the other', () => {
    expect(broken('a good engine', BREAKER)).toBe('a bad engine')
    expect(broken('a good $& engine', { ...BREAKER, replace: '$1 $& bad' })).toBe('a $1 $& bad $& engine')
  })

  test.each([
    ['an engine', 0],
    ['a good, good engine', 2],
  ])('refuses a source with another number of places: %j', (source, places) => {
    expect(() => broken(source, BREAKER)).toThrow(`${places} times, not once`)
  })
})

describe('the table of breakers', () => {
  test.each(PROMISE_BREAKERS)('finds its place in $file: $promise, $breaks', (breaker) => {
    const source = readFileSync(new URL(`../../src/${breaker.file}`, import.meta.url), 'utf8')
    expect(broken(source, breaker)).not.toBe(source)
  })

  test('breaks each of the twelve promises, at least twice', () => {
    for (let number = 1; number <= 12; number++) {
      expect(PROMISE_BREAKERS.filter(({ promise }) => promise === `P${number}`).length).toBeGreaterThan(1)
    }
  })
})
