import { describe, expect, test } from 'vitest'
import { parseJsonBody } from '../../src/app/json-body.ts'
import { spellingsOf } from '../engine/spellings.ts'

describe('keys that reach for the prototype [C70]', () => {
  test('are left out, whichever of the characters of __proto__ are escapes', () => {
    for (const spelt of spellingsOf('__proto__')) {
      const body = parseJsonBody(`{"${spelt}":{"admin":true},"a":[{"b":{"${spelt}":{"admin":true}}}]}`)
      expect(JSON.stringify(body), spelt).toBe('{"a":[{"b":{}}]}')
    }
  })

  test.each(['constructor', 'prototype'])(
    'are left out, whichever of the characters of %s are escapes',
    (key) => {
      for (const spelt of spellingsOf(key)) {
        const hostile = '{"constructor":{"prototype":{"admin":true}},"a":1}'.replace(key, () => spelt)
        expect(JSON.stringify(parseJsonBody(hostile)), spelt).toBe('{"a":1}')
      }
    },
  )
})

test.each(['\\u0001', '\\u00e9', '__proto__', 'constructor'])(
  'a body takes no longer when a text in it is %s',
  (text) => {
    const list = JSON.stringify(Array.from({ length: 8_000 }, () => 1))
    const shortest = (name: string): number => {
      const times = Array.from({ length: 10 }, () => {
        const began = performance.now()
        parseJsonBody(`{"name":"${name}","list":${list}}`)
        return performance.now() - began
      })
      return Math.min(...times)
    }
    expect(shortest(text)).toBeLessThan(4 * shortest('Ada'))
  },
)
